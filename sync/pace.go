package sync

import (
	"time"

	"fcpipe/schema"
)

const (
	// aDay is how long reads count for a day's share: a nightly round has the whole of it.
	aDay = 20 * time.Hour
	// expiry is when reads count for 30 days no more: what will be over before the round is.
	expiry = 30*24*time.Hour - time.Hour
	// enoughPolls are made in every round that waits, even where the allowance is short.
	enoughPolls = 2
)

// pace is what reads may be made of one Stripe account.
type pace struct {
	used     int64    // in 30 days, by earlier rounds
	today    int64    // of those, in the last day
	before   calendar // when those of the days before count no more
	rounds   int64    // of 30 days at the pace of the last week; 0: there is no week yet
	overhead int64    // reads of 30 days beside pages of rows and audits, at the pace of the last week
}

// paceOf looks at what earlier rounds read.
func (r *round) paceOf(src *source) pace {
	now := r.syncer.Now() // which a server may have told only now
	src.readsUsed = r.journal.ReadsSince(now.Add(-expiry), src.connected) - src.recorded
	p := pace{used: src.readsUsed, today: r.journal.ReadsSince(now.Add(-aDay), src.connected)}
	p.before = newCalendar(r.syncer.options.ReadsPer30Days, func(age time.Duration) int64 {
		return r.journal.ReadsSince(now.Add(-age), src.connected) - p.today
	})
	week := now.AddDate(0, 0, -7)
	runs := r.journal.Runs()
	if len(runs) == 0 || runs[0].StartedAt.After(week) {
		return p
	}
	reads := r.journal.ReadsSince(week, src.connected)
	for _, run := range runs {
		if run.StartedAt.Before(week) {
			continue
		}
		p.rounds++
		for _, account := range run.Accounts {
			if r.sourceOf(r.account(account.AccountID).Account) == src {
				reads -= account.Pages
			}
		}
	}
	for _, audit := range r.journal.Audits() {
		if audit.AuditedAt.After(week) && r.sourceOf(r.account(audit.AccountID).Account) == src {
			reads -= auditReads(audit.Listed)
		}
	}
	p.rounds, p.overhead = p.rounds*30/7, max(0, reads)*30/7
	return p
}

// fullPolls is how often a round looks after refreshes that do not settle.
func (o Options) fullPolls() (polls int64) {
	rest, poll := o.longestWait(), firstPoll
	for ; rest > 0; polls++ {
		rest -= poll
		poll = min(2*poll, lastPoll)
	}
	return polls
}

// longestWait is how long a round waits at most.
func (o Options) longestWait() time.Duration {
	if o.Deadline > 0 {
		return min(o.Wait, o.Deadline/2)
	}
	return o.Wait
}

// need is what 30 days of rounds read, and how many polls of each fit into that. An account
// that is subscribed, or asked on demand, has a new refresh each interval: one page, hardly
// ever more; those without a row are looked at by one more list. Waiting gets what that leaves of
// the allowance.
func (o Options) need(accounts []schema.Account, lists int64, p pace) (reads, polls int64) {
	buying := o.buyingRounds()
	rounds := max(buying, p.rounds)
	pages := o.pagesOf(accounts)
	fixed := (rounds+buying)*lists + pages + ownerReads(accounts, o)
	polls = o.fullPolls()
	if o.ReadsPer30Days > 0 {
		polls = max(min(polls, enoughPolls), min(polls, (o.ReadsPer30Days-fixed)/(buying*lists)))
	}
	return max(fixed+buying*lists*polls, pages+p.overhead), polls
}

// pagesOf is a page of each account that changes, in each of its intervals within 30 days.
func (o Options) pagesOf(accounts []schema.Account) int64 {
	changing := int64(0)
	for _, a := range accounts {
		if unusable(a, FeatureTransactions) == "" && o.Transactions.Mode != ModeOff {
			changing++
		}
	}
	return max(1, int64(30*24*time.Hour/max(o.Transactions.Every, time.Hour))) * changing
}

// nightly is what a day of ordinary rounds reads for accounts: lists, with one more for those
// without a row, the fewest polls, a page of each, and owners; less where the last week took less.
func (o Options) nightly(accounts []schema.Account, lists int64, p pace) int64 {
	buying, pages := o.buyingRounds(), o.pagesOf(accounts)+ownerReads(accounts, o)
	beside := (max(buying, p.rounds) + buying*(1+enoughPolls)) * lists
	if p.rounds > 0 {
		beside = min(beside, p.overhead)
	}
	return (beside + pages + 29) / 30
}

// buyingRounds is how many rounds of 30 days buy something.
func (o Options) buyingRounds() int64 {
	return max(1, int64(30*24*time.Hour/max(min(o.Transactions.Every, o.Balance.Every), time.Hour)))
}

// intervalThatFits finds the shortest interval of transactions on demand and of balances with
// which 30 days need no more than nine tenths of what is allowed; 0 when none does. There are as
// many rounds as before, and each lists the accounts. Only whole parts of 30 days are tried:
// others have one refresh more in some 30 days than in most.
func (o Options) intervalThatFits(accounts []schema.Account, lists int64, now pace) time.Duration {
	now.rounds, o.ReadsPer30Days = max(now.rounds, o.buyingRounds()), o.ReadsPer30Days*9/10
	if o.Transactions.Mode == ModeSubscribe {
		o.Transactions.Mode = ModeOnDemand
	}
	for _, days := range []time.Duration{1, 2, 3, 5, 6, 10, 15, 30} {
		every := days * 24 * time.Hour
		longer := o
		longer.Transactions.Every, longer.Balance.Every = max(o.Transactions.Every, every), max(o.Balance.Every, every)
		if needed, _ := longer.need(accounts, lists, now); needed <= o.ReadsPer30Days && longer.Transactions.Every == every {
			return every
		}
	}
	return 0
}
