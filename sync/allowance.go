package sync

import (
	"slices"
	"time"

	"fcpipe/schema"
)

// Projection is what 30 days of rounds will read on one Stripe account, and whether the
// read allowance carries that.
type Projection struct {
	StripeAccountID string        `json:"stripe_account_id,omitempty"` // of a connected account; "" is the key's own
	Used            int64         `json:"used"`                        // reads in the last 30 days
	Allowed         int64         `json:"allowed"`                     // 0 is no limit
	Needed          int64         `json:"needed"`                      // reads in 30 days at this pace
	Paced           bool          `json:"paced"`                       // needed is more than allowed: accounts are read in turn
	ThisRound       int64         `json:"this_round"`                  // reads this round may make; 0 is no limit
	IntervalThatFit time.Duration `json:"interval_that_fits,omitempty"`
}

// listsPerRound is how often a round that buys something lists the accounts: once to plan,
// and to see what became of the purchases.
const listsPerRound = 3

// project estimates 30 days. An account that is subscribed, or asked on demand, has a new
// refresh each interval: one page, hardly ever more.
func project(src *source, accounts []schema.Account, o Options, usedToday int64) Projection {
	rounds := max(1, int64(30*24*time.Hour/max(min(o.Transactions.Every, o.Balance.Every), time.Hour)))
	changing := int64(0)
	for _, a := range accounts {
		if unusable(a, FeatureTransactions) == "" && o.Transactions.Mode != ModeOff {
			changing++
		}
	}
	refreshes := max(1, int64(30*24*time.Hour/max(o.Transactions.Every, time.Hour)))
	lists := int64(max(src.listPages, (len(accounts)+99)/100, 1))
	p := Projection{StripeAccountID: src.connected, Used: src.readsUsed, Allowed: o.ReadsPer30Days, Needed: rounds*lists*listsPerRound + refreshes*changing + ownerReads(accounts, o)}
	if p.Allowed == 0 {
		return p
	}
	left := max(0, p.Allowed-p.Used)
	p.ThisRound = left
	if p.Paced = p.Needed > p.Allowed; p.Paced {
		// a day's share of the whole, or a week's of what is left where that is more: what
		// has piled up is worked off quickly, and the allowance never runs dry
		p.ThisRound = min(left, max(0, max(p.Allowed/30, left/7)-usedToday))
		days := (p.Needed + p.Allowed - 1) / p.Allowed
		p.IntervalThatFit = time.Duration(days) * max(o.Transactions.Every, 24*time.Hour)
	}
	return p
}

// ownerReads is one read for each snapshot of owners that 30 days will bring.
func ownerReads(accounts []schema.Account, o Options) int64 {
	if o.Ownership.Mode != ModeOnDemand {
		return 0
	}
	reads := int64(0)
	for _, a := range accounts {
		if unusable(a, FeatureOwnership) == "" {
			reads++
		}
	}
	return max(1, int64(30*24*time.Hour/max(o.Ownership.Every, time.Hour))) * reads
}

// projections are made once the accounts of every source are known.
func (r *round) projections() []Projection {
	now := r.syncer.Now()
	var all []Projection
	for _, src := range r.sources {
		p := project(src, r.accountsOf(src), r.syncer.options, r.journal.ReadsSince(now.Add(-pastDay), src.connected))
		src.ceiling, src.paced = 0, p.Paced
		if p.Allowed > 0 {
			src.ceiling = max(p.ThisRound, 1)
		}
		all = append(all, p)
	}
	return all
}

func (r *round) accountsOf(src *source) []schema.Account {
	return slices.DeleteFunc(r.plain(), func(a schema.Account) bool { return r.sourceOf(a) != src })
}

// readRoom is what is left for a plan's reads of rows on one Stripe account.
type readRoom struct {
	limited bool
	paced   bool
	left    int64
}

// rooms are what lists have left of each source's ceiling.
func rooms(sources []*source) map[string]*readRoom {
	all := map[string]*readRoom{}
	for _, src := range sources {
		all[src.connected] = &readRoom{limited: src.ceiling > 0, paced: src.paced, left: src.ceiling - src.client.reads.Load()}
	}
	return all
}

// take reserves reads, or says why there is no room for them.
func (r *readRoom) take(reads int64) string {
	switch {
	case r == nil || !r.limited:
		return ""
	case r.left < reads && r.paced:
		return ReasonPaced
	case r.left < reads:
		return ReasonReadAllowance
	}
	r.left -= reads
	return ""
}

// room is the one of an account's Stripe account.
func (p *planner) room(a schema.Account) *readRoom {
	if room, connected := p.facts.rooms[orEmpty(a.StripeAccountID)]; connected {
		return room
	}
	return p.facts.rooms[""]
}
