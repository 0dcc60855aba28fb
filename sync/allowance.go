package sync

import (
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/stripe"
)

// Projection is what 30 days of rounds will read on one Stripe account, and whether the
// read allowance carries that.
type Projection struct {
	StripeAccountID string `json:"stripe_account_id,omitempty"` // of a connected account; "" is the key's own
	Used            int64  `json:"used"`                        // reads in the last 30 days
	Allowed         int64  `json:"allowed"`                     // 0 is no limit
	Needed          int64  `json:"needed"`                      // reads in 30 days at this pace, as configured or as the last week was
	Paced           bool   `json:"paced"`                       // needed is more than allowed, or than what earlier rounds left of it: accounts are read in turn
	ThisRound       int64  `json:"this_round"`                  // reads this round may make; 0 is no limit
	IsDefault       bool   `json:"is_default"`                  // allowed is what fcpipe assumes, the configuration does not say
	// Waiting are accounts whose rows or owners wait for reads, DoneBy when the last of them is read about
	Waiting int        `json:"waiting"`
	DoneBy  *time.Time `json:"done_by,omitempty"`
	// IntervalThatFit of transactions on demand and of balances needs no more than is allowed; 0
	// where none up to 30 days does, or none is needed
	IntervalThatFit time.Duration `json:"interval_that_fits,omitempty"`
}

// project estimates 30 days, and sets what this round may read and how much of that waiting may.
// The reserve is for the accounts that are complete: a first reading may take all the rest.
func (src *source) project(accounts, complete []schema.Account, o Options, now pace) Projection {
	lists := int64(max(src.listPages, stripe.PagesOf(len(accounts)), 1))
	needed, polls := o.need(accounts, lists, now)
	p := Projection{StripeAccountID: src.connected, Used: now.used, Allowed: o.ReadsPer30Days, IsDefault: !o.ReadsWritten, Needed: needed}
	src.ceiling, src.waiting, src.paced = 0, 0, false
	if p.Allowed == 0 {
		return p
	}
	left, reserve := max(0, p.Allowed-p.Used), o.nightly(complete, lists, now)
	share := now.before.share(0, reserve)
	p.ThisRound = min(left, max(0, share-now.today))
	p.Paced = p.Needed > p.Allowed || p.Needed/30 > share
	if p.Needed > p.Allowed {
		p.IntervalThatFit = o.intervalThatFits(accounts, lists, now)
	}
	src.paced, src.ceiling = p.ThisRound < left, max(p.ThisRound, 1)
	src.backlog = backlog{lists: lists * (2 + enoughPolls), ordinary: reserve}
	// rows come first: a page of each account, and waiting gets what they leave, or half of a small share
	src.waiting = min(polls*lists, max(min(enoughPolls*lists, src.left()/2), src.left()-int64(len(accounts))))
	src.spare = now.before.share(0, p.Allowed) - now.today
	return p
}

// left is what the round may still read; only where there is a ceiling.
func (src *source) left() int64 { return max(0, src.ceiling-src.client.Reads()) }

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
	var all []Projection
	for _, src := range r.sources {
		accounts := r.accountsOf(src)
		complete := slices.DeleteFunc(slices.Clone(accounts), func(a schema.Account) bool { return r.state.Accounts[a.AccountID].CompleteThroughAt == nil })
		all = append(all, src.project(accounts, complete, r.syncer.options, r.paceOf(src)))
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

// rooms are what lists have left of each source's ceiling, and waiting will.
func rooms(sources []*source) map[string]*readRoom {
	all := map[string]*readRoom{}
	for _, src := range sources {
		all[src.connected] = &readRoom{limited: src.ceiling > 0, paced: src.paced, left: src.left() - src.waiting}
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
