package plan

import (
	"fmt"
	"slices"
	"time"
)

const (
	// minPolls are carried by the quota of every round that waits, even where it is short.
	minPolls = 2
	// maxPolls are made in a round at most: ten minutes of waiting take 15, as the pauses double up to a minute.
	maxPolls = 16
	// auditShare is the part of the reads left in a round that audits may take.
	auditShare = 10
)

// Quota is how many reads a round may make of one Stripe account. The allowance of 30 days is divided among
// days, and what earlier days left is carried over: see Calendar.Share.
type Quota struct {
	StripeAccountID string `json:"stripe_account_id,omitempty"` // of a Connect account; "" is the key's own
	Allowed         int64  `json:"allowed"`                     // reads in 30 days; 0 is no limit
	// Allowed is what fcpipe assumes, the configuration does not say
	IsDefault bool  `json:"is_default"`
	Used      int64 `json:"used"` // reads in the last 30 days
	// reads in 30 days of rounds as configured, first readings not counted
	Needed    int64 `json:"needed"`
	ThisRound int64 `json:"this_round"` // reads this round may make; 0 without a limit
	// Waiting are accounts whose rows or owners wait for reads, DoneBy about when the last of them is read;
	// nil when that is too far away to name a date
	Waiting int        `json:"waiting"`
	DoneBy  *time.Time `json:"done_by,omitempty"`

	Rows  int64 `json:"-"` // reads of rows and owners that a plan may decide on
	Polls int64 `json:"-"` // reads that waiting for refreshes may make
	// EvenShare is this round's quota without what was carried over, of which polls and audits take nothing: rows may
	// need it in the nights that follow
	EvenShare int64 `json:"-"`
	paced     bool  // it is less than what the allowance has left
	lists     int64 // reads a round makes before it reads any row
	ordinary  int64 // reads of an ordinary round of the accounts that are complete
}

// Limited reports whether there is a limit at all.
func (q Quota) Limited() bool { return q.Allowed > 0 }

// Left is what is left of a round's quota after so many reads; 0 when nothing is, or there is no limit.
func (q Quota) Left(made int64) int64 { return max(0, q.ThisRound-made) }

// UsedUp reports whether a round that made so many reads may make no more.
func (q Quota) UsedUp(made int64) bool { return q.Limited() && made >= q.ThisRound }

// Audits is how many reads audits may make in a round that made so many; less than 0 is no limit.
func (q Quota) Audits(made int64) int64 {
	if !q.Limited() {
		return -1
	}
	return max(0, min(q.Left(made)/auditShare, q.EvenShare-made))
}

// Quota is what a round may read of a Stripe account with these accounts; firstReading is how many reads the first
// reading of one takes. Rows come first, and they alone may take what was carried over: waiting gets what they
// leave of an even share, at least the fewest polls, at most half of a quota that is short.
func (p Policy) Quota(u Usage, accounts []Account, firstReading int64) Quota {
	q := Quota{
		StripeAccountID: u.StripeAccountID, Allowed: p.ReadsPer30Days, IsDefault: !p.ReadsWritten,
		Used: u.Used, Needed: p.monthlyReads(accounts, u),
	}
	if !q.Limited() {
		return q
	}
	lists, complete := u.lists(), slices.DeleteFunc(slices.Clone(accounts), neverComplete)
	unused := max(0, q.Allowed-u.Used)
	q.lists, q.ordinary = lists*(2+minPolls), p.ordinaryDay(complete, u)
	q.ThisRound = max(0, min(unused, u.Earlier.Share(0, q.ordinary)-u.Today))
	q.paced = q.ThisRound < unused
	left := max(0, q.Left(u.Made)-lists) // accounts without a new row are looked at once more, by a list
	rows := int64(len(complete)) + int64(len(accounts)-len(complete))*firstReading
	q.EvenShare = u.Earlier.Share(0, q.Allowed) - u.Today
	spare := min(left, q.EvenShare-u.Made-lists) - rows
	q.Polls = min(maxPolls*lists, max(min(minPolls*lists, left/2), spare))
	q.Rows = left - q.Polls
	return q
}

func neverComplete(a Account) bool { return a.Stored.CompleteThroughAt == nil }

// reserve takes reads of the quota of an account's Stripe account, or says why it does not carry them.
func (p *planner) reserve(a Account, reads int64) (reason string) {
	q, limited := p.quotaOf(a)
	switch left := p.left[q.StripeAccountID]; {
	case !limited:
		return ""
	case left >= reads:
		p.left[q.StripeAccountID] = left - reads
		return ""
	case q.paced:
		return ReasonPaced
	}
	return ReasonReadAllowance
}

// quotaOf is the quota of an account's Stripe account: of a Connect account that has one, else of the key's own.
func (p *planner) quotaOf(a Account) (own Quota, limited bool) {
	for _, q := range p.facts.Quotas {
		switch q.StripeAccountID {
		case deref(a.StripeAccountID):
			return q, q.Limited()
		case "":
			own = q
		}
	}
	return own, own.Limited()
}

// Wait adds the accounts that wait for reads to a quota, and when the last of them will have been read.
func (q Quota) Wait(accounts int, reads int64, u Usage, now time.Time) Quota {
	if q.Waiting, q.DoneBy = accounts, nil; accounts > 0 {
		q.Used = u.Used + u.Made
		q.DoneBy = q.doneBy(reads, u, now)
	}
	return q
}

// AgainAt is about when a Stripe account has so many reads again; nil when that is too far away.
func (p Policy) AgainAt(reads int64, u Usage, now time.Time) *time.Time {
	return Quota{Allowed: p.ReadsPer30Days}.doneBy(reads, u, now)
}

// doneBy is about when so many reads will have been made; nil when that is too far away.
func (q Quota) doneBy(reads int64, u Usage, now time.Time) *time.Time {
	made := u.Earlier.with(0, u.Today+u.Made)
	night := made.done(backlog{reads: reads, lists: q.lists, ordinary: q.ordinary})
	if night == 0 {
		return nil
	}
	at := now.AddDate(0, 0, night)
	return &at
}

// Sentence says that accounts wait for reads; "" when none does.
func (q Quota) Sentence() string {
	if q.Waiting == 0 {
		return ""
	}
	accounts, by, whose := "accounts wait", "that is not within four months at this pace", ""
	if q.Waiting == 1 {
		accounts = "account waits"
	}
	if q.DoneBy != nil {
		by = "all of that is read by about " + q.DoneBy.Format(time.DateOnly)
	}
	if q.IsDefault {
		whose = " (the default; what Stripe grants you may be more)"
	}
	return fmt.Sprintf("quota: %d %s for reads, %d of stripe.reads_per_30_days: %d%s are used; %s",
		q.Waiting, accounts, q.Used, q.Allowed, whose, by)
}

// LackReads notes that due work waits for reads. Only a limit that the operator wrote is a budget.
func (p *Plan) LackReads(policy Policy) {
	p.Short = true
	p.Blocked = p.Blocked || policy.ReadsWritten
}
