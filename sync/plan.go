package sync

import (
	"cmp"
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
)

// Actions a plan decides on.
const (
	ActionSubscribe = "subscribe" // ask Stripe to refresh daily; starts a refresh
	ActionRefresh   = "refresh"   // ask Stripe for a refresh
	ActionWait      = "wait"      // a refresh is pending
	ActionFetch     = "fetch"     // read the rows of a refresh that succeeded
	ActionSkip      = "skip"
)

// Features a plan decides about.
const (
	FeatureTransactions = "transactions"
	FeatureBalance      = "balance"
	FeatureOwnership    = "ownership"
)

// Decision is what a round does with one feature of one account, and why.
type Decision struct {
	AccountID    string `json:"account_id"`
	Feature      string `json:"feature"`
	Action       string `json:"action"`
	Reason       string `json:"reason"`
	Requests     int    `json:"requests"`       // this decision's, at least
	CostMicroUSD int64  `json:"cost_micro_usd"` // if it succeeds
}

// Plan is every decision of a round, and what it will take.
type Plan struct {
	At           time.Time    `json:"at"`
	Decisions    []Decision   `json:"decisions"`
	Accounts     int          `json:"accounts"`
	Requests     int          `json:"requests"` // lists included
	CostMicroUSD int64        `json:"cost_micro_usd"`
	Projections  []Projection `json:"projections"`           // one for each Stripe account, the key's own first
	SpentMonth   int64        `json:"spent_month_micro_usd"` // in this UTC month, with what is under way and renewals to come
	Blocked      bool         `json:"blocked"`               // a budget that is set kept due work from being done
	Short        bool         `json:"short"`                 // due work waits for reads, whoever set their limit
}

// planFacts are all a plan depends on beside the accounts themselves.
type planFacts struct {
	options      Options
	state        schema.State
	now          time.Time
	drift        time.Duration
	spentMonth   int64
	rooms        map[string]*readRoom // by Connect account; "" is the key's own
	projections  []Projection
	listReads    int
	unread       map[string]bool // accounts, and features of accounts, that could not be read: nothing is bought on what we hold
	subscribed   map[string]bool // accounts we have subscribed
	unsure       map[string]bool // accounts that may have new rows: their newest refresh cannot be read
	open         map[string]bool // account and feature of purchases announced, never answered and not started
	charged      func(chargeKey string) bool
	resting      map[string]bool                  // accounts whose refused rows are not read again yet
	newOwners    map[string]bool                  // accounts with an ownership snapshot whose owners are not held
	restOwners   map[string]bool                  // accounts whose refused owners are not read again yet
	inVain       map[journal.Asked]journal.InVain // purchases that began no refresh
	firstReading int64                            // reads the first reading of an account takes
	missing      []string                         // accounts Stripe does not list any more
}

// plan decides. It is pure: the same facts give the same decisions. Accounts that were
// complete longest ago come first, so that they get what a budget has left.
func plan(accounts []schema.Account, facts planFacts) Plan {
	p := &planner{facts: facts, charged: map[string]bool{}, plan: Plan{
		At: facts.now, Accounts: len(accounts), Requests: facts.listReads, SpentMonth: facts.spentMonth,
		Projections: facts.projections,
	}}
	for _, a := range stalestFirst(accounts, facts.state) {
		p.add(p.transactions(a))
		p.add(p.balance(a))
		p.add(p.ownership(a))
	}
	for _, id := range facts.missing {
		p.add(Decision{AccountID: id, Feature: FeatureTransactions, Action: ActionSkip, Reason: ReasonMissing})
	}
	return p.plan
}

// stalestFirst orders accounts by when they were last complete; never comes first.
func stalestFirst(accounts []schema.Account, state schema.State) []schema.Account {
	sorted := slices.Clone(accounts)
	through := func(a schema.Account) time.Time {
		if at := state.Accounts[a.AccountID].CompleteThroughAt; at != nil {
			return *at
		}
		return time.Time{}
	}
	slices.SortStableFunc(sorted, func(a, b schema.Account) int {
		return cmp.Or(through(a).Compare(through(b)), cmp.Compare(a.AccountID, b.AccountID))
	})
	return sorted
}

type planner struct {
	facts   planFacts
	plan    Plan
	charged map[string]bool // by this plan
}

func (p *planner) add(d Decision) {
	p.plan.Decisions = append(p.plan.Decisions, d)
	p.plan.Requests += d.Requests
	p.plan.CostMicroUSD += d.CostMicroUSD
}

// transactions decides about an account's transactions.
func (p *planner) transactions(a schema.Account) Decision {
	d := Decision{AccountID: a.AccountID, Feature: FeatureTransactions, Action: ActionSkip}
	if reason := unusable(a, FeatureTransactions); reason != "" {
		d.Reason = reason
		if reason == ReasonInactive && p.hasNewRows(a) {
			return p.fetch(d, a)
		}
		return d
	}
	policy := p.facts.options.Transactions
	switch refresh := a.TransactionRefresh; {
	case isPending(refresh):
		if p.facts.resting[a.AccountID] && p.hasNewRows(a) {
			return p.fetch(d, a)
		}
		d.Action, d.Reason = ActionWait, ReasonPending
		return d
	case policy.Mode == ModeSubscribe && p.unsubscribed(a):
		if bought := p.buy(d, ActionSubscribe, ReasonNotSubscribed, a); bought.Action != ActionSkip || !p.hasNewRows(a) {
			return bought
		}
	case policy.Mode == ModeOnDemand && p.due(a, FeatureTransactions):
		if bought := p.buy(d, ActionRefresh, whyDue(refresh), a); bought.Action != ActionSkip || !p.hasNewRows(a) {
			return bought
		}
	}
	if p.hasNewRows(a) {
		return p.fetch(d, a)
	}
	d.Reason = upToDate(a.TransactionRefresh)
	return d
}

// balance decides about an account's balance, which comes with the account itself.
func (p *planner) balance(a schema.Account) Decision {
	d := Decision{AccountID: a.AccountID, Feature: FeatureBalance, Action: ActionSkip}
	policy := p.facts.options.Balance
	switch reason := unusable(a, FeatureBalance); {
	case reason != "":
		d.Reason = reason
	case isPending(a.BalanceRefresh):
		d.Action, d.Reason = ActionWait, ReasonPending
	case policy.Mode == ModeOff:
		d.Reason = ReasonOff
	case !p.due(a, FeatureBalance):
		d.Reason = whyNotDue(a.BalanceRefresh)
	case policy.Mode == ModeOnDemand, a.BalanceRefresh == nil, a.BalanceRefresh.Status == "failed", unusable(a, FeatureTransactions) != "":
		return p.buy(d, ActionRefresh, whyDue(a.BalanceRefresh), a)
	case p.movedSince(a, *a.BalanceRefresh):
		return p.buy(d, ActionRefresh, ReasonChanged, a)
	default:
		d.Reason = ReasonUnchanged
	}
	return d
}

// unsubscribed reports whether an account is to be subscribed. Null does not say: then it is asked for once,
// and again where no refresh came for twice the interval.
func (p *planner) unsubscribed(a schema.Account) bool {
	if a.Subscriptions != nil {
		return !slices.Contains(a.Subscriptions, FeatureTransactions)
	}
	every := p.facts.options.Transactions.Every
	return !p.facts.subscribed[a.AccountID] || a.TransactionRefresh == nil || p.facts.now.Sub(a.TransactionRefresh.AttemptedAt) > 2*every
}

// movedSince reports whether transactions may have changed since a balance was asked for: a
// later refresh of them succeeded, as the account list shows or as rows we hold prove. It
// takes no read.
func (p *planner) movedSince(a schema.Account, balance schema.RefreshState) bool {
	t, through := a.TransactionRefresh, p.facts.state.Accounts[a.AccountID].CompleteThroughAt
	return through != nil && through.After(balance.AttemptedAt) ||
		t != nil && t.Status == "succeeded" && t.AttemptedAt.After(balance.AttemptedAt)
}

// unusable says why Stripe would not refresh a feature; "" when it would.
func unusable(a schema.Account, feature string) string {
	permission := map[string]string{FeatureTransactions: "transactions", FeatureBalance: "balances", FeatureOwnership: "ownership"}[feature]
	switch {
	case a.Status == "disconnected":
		return ReasonDisconnected
	case !shares(a, permission):
		return ReasonNoPermission
	case a.Status != "active":
		return ReasonInactive
	}
	return ""
}

// due reports whether a feature may and should be refreshed now. Where Stripe names no instant
// from which it may be, it may not, unless the last refresh failed: nothing says then that Stripe
// ever will name one, so what decides is our own patience, counted from when we asked last.
func (p *planner) due(a schema.Account, feature string) bool {
	refresh, every := featureOf(a, feature), p.patience(a, feature)
	if refresh == nil {
		return true
	}
	since := refresh.AttemptedAt
	switch {
	case refresh.NextAvailableAt != nil && refresh.NextAvailableAt.After(p.facts.now):
		return false
	case refresh.NextAvailableAt == nil && !failed(refresh):
		return false
	case refresh.NextAvailableAt == nil:
		if last := p.askedInVain(a, feature).Last; last.After(since) {
			since = last
		}
	}
	return p.facts.now.Sub(since) >= every-early(every)
}

// early is how much of an interval may be missing: a round of every night asks some seconds
// after it began, or hours later when it had to be repeated, and is due the next night all the same.
func early(every time.Duration) time.Duration { return min(every/6, 4*time.Hour) }

// hasNewRows reports whether Stripe may hold rows of this account that we do not.
func (p *planner) hasNewRows(a schema.Account) bool {
	return p.facts.unsure[a.AccountID] || readableNow(a) && owesRows(a, p.facts.state)
}

// readableNow reports whether transactions may be listed at all.
func readableNow(a schema.Account) bool {
	return a.TransactionRefresh != nil && a.TransactionRefresh.RefreshID != nil && a.Status != "disconnected" && shares(a, "transactions")
}

// owesRows compares the newest refresh with the cursor. One that failed, or is pending, may hide
// one that succeeded before it: where it is new to us so, what came since the cursor is read once.
func owesRows(a schema.Account, state schema.State) bool {
	refresh, stored := a.TransactionRefresh, state.Accounts[a.AccountID]
	if refresh == nil || refresh.RefreshID == nil {
		return false
	}
	if refresh.Status == "succeeded" {
		return stored.CursorRefreshID == nil || *stored.CursorRefreshID != *refresh.RefreshID
	}
	held := stored.TransactionRefresh
	return held == nil || orEmpty(held.RefreshID) != *refresh.RefreshID || held.Status != refresh.Status
}

// fetch reads rows, if the read allowance has room for it.
func (p *planner) fetch(d Decision, a schema.Account) Decision {
	resting := p.facts.resting
	if d.Feature == FeatureOwnership {
		resting = p.facts.restOwners
	}
	if resting[d.AccountID] {
		d.Action, d.Reason = ActionSkip, ReasonResting
		return d
	}
	if reason := p.room(a).take(p.readsOf(d)); reason != "" {
		p.plan.lackReads(p.facts.options)
		d.Action, d.Reason = ActionSkip, reason
		return d
	}
	d.Action, d.Reason, d.Requests = ActionFetch, ReasonNewRows, 1
	return d
}

// readsOf is what reading an account takes, as far as it can be known. A first reading that is begun
// with fewer reads than it takes is begun in vain, night after night: they are saved for it.
func (p *planner) readsOf(d Decision) int64 {
	if d.Feature == FeatureTransactions && p.facts.state.Accounts[d.AccountID].CompleteThroughAt == nil {
		return max(1, p.facts.firstReading)
	}
	return 1
}

// upToDate says why there is nothing to read.
func upToDate(refresh *schema.RefreshState) string {
	switch {
	case refresh == nil:
		return ReasonNeverRefreshed
	case refresh.Status == "failed":
		return ReasonRefreshFailed
	}
	return ReasonUpToDate
}
