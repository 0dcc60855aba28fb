package plan

import (
	"cmp"
	"slices"
	"time"

	"fcpipe/schema"
)

// Actions a plan decides on.
const (
	ActionSubscribe = "subscribe" // ask Stripe to refresh every day; starts a refresh
	ActionRefresh   = "refresh"   // ask Stripe for a refresh
	ActionWait      = "wait"      // a refresh is pending
	ActionFetch     = "fetch"     // read the rows of a refresh that succeeded
	ActionSkip      = "skip"      // do nothing
)

// Decision is what a round does with one feature of one account, and why.
type Decision struct {
	AccountID    string `json:"account_id"`
	Feature      string `json:"feature"`
	Action       string `json:"action"`         // one of the constants Action…
	Reason       string `json:"reason"`         // one of the constants Reason…; Explain is its sentence
	Requests     int    `json:"requests"`       // the fewest this decision takes
	CostMicroUSD int64  `json:"cost_micro_usd"` // if the refresh succeeds; millionths of a US dollar
}

// Buys reports whether a decision asks Stripe for a refresh.
func (d Decision) Buys() bool { return d.Action == ActionRefresh || d.Action == ActionSubscribe }

// Plan is every decision of a round, and what it takes.
type Plan struct {
	At           time.Time  `json:"at"`
	Decisions    []Decision `json:"decisions"` // by account, the one complete longest ago first
	Accounts     int        `json:"accounts"`
	Requests     int        `json:"requests"`       // the fewest the round takes, lists included
	CostMicroUSD int64      `json:"cost_micro_usd"` // if every refresh succeeds
	Quotas       []Quota    `json:"quotas"`         // one for each Stripe account, the key's own first
	// in this UTC month, with what is under way and renewals to come
	SpentMonth int64 `json:"spent_month_micro_usd"`
	// a budget that the operator set kept due work from being done
	Blocked bool `json:"blocked"`
	Short   bool `json:"short"` // due work waits for reads, whoever set their limit
	// what budgets leave undone; Quotas say what waits for reads
	Limited []Limited `json:"limited"`
}

// Facts are all that a plan depends on.
type Facts struct {
	Policy       Policy
	Livemode     bool          // the key reads real data and spends real money
	Now          time.Time     // of the server
	Drift        time.Duration // of this machine's clock from the server's
	Accounts     []Account
	Missing      []string        // ids of accounts that are held and that Stripe does not list any more
	SpentMonth   int64           // millionths of a US dollar: of this UTC month, with what is accrued
	Charged      map[string]bool // keys of charges that are counted or accrued: they cost nothing more
	Quotas       []Quota         // one for each Stripe account, the key's own first; none is no limit
	FirstReading int64           // reads that the first reading of an account takes; 0 is not known
	ListReads    int             // requests that learning the accounts took
}

// Account is what a plan knows of one account.
type Account struct {
	schema.Account                     // as Stripe shows it, with instants that can be relied on
	Stored         schema.AccountState // as it is held; zero for one that is not
	Subscribed     bool                // we asked for its subscription and it was started
	RefreshUnread  bool                // its newest refresh of transactions could not be decoded: it may have new rows
	NewOwners      bool                // it shows an ownership snapshot whose owners are to be read
	Features       map[string]Feature  // what else is known, by feature; one that is absent is zero
}

// Feature is what a plan knows of one feature of an account beside what Stripe shows.
type Feature struct {
	Unread     bool      // it could not be read in this round: nothing is bought on what is held
	Unanswered bool      // a purchase was announced, was never answered and started nothing
	InBackoff  bool      // its rows were refused again and again: they are not read in this round
	Unstarted  Unstarted // purchases after the refresh it shows
	// Started is when the newest refresh that we bought was attempted, where the journal alone knows of it, as the run
	// that bought it died before anything was held; zero otherwise.
	Started time.Time
}

// Unstarted counts purchases of a refresh that were answered, or refused, and started none.
type Unstarted struct {
	Times int
	Last  time.Time // when the last of them was asked for; zero when there was none
}

// Make decides about every feature of every account. It is pure: it changes nothing of the facts, and
// the same facts give the same decisions. The accounts that were complete longest ago come first, so
// that they get what a budget or a quota has left.
func Make(facts Facts) Plan {
	p := newPlanner(facts)
	for _, a := range stalestFirst(facts.Accounts) {
		p.add(p.transactions(*a))
		p.add(p.balance(*a))
		p.add(p.ownership(*a))
	}
	for _, id := range facts.Missing {
		p.add(Decision{AccountID: id, Feature: FeatureTransactions, Action: ActionSkip, Reason: ReasonMissing})
	}
	return p.plan
}

// planner is a plan in the making, with what its decisions so far have used up.
type planner struct {
	facts   Facts
	plan    Plan
	charged map[string]bool  // keys of the charges of this plan
	left    map[string]int64 // reads for rows that this plan has left, by Stripe account
}

func newPlanner(facts Facts) *planner {
	p := &planner{facts: facts, charged: map[string]bool{}, left: map[string]int64{}, plan: Plan{
		At: facts.Now, Accounts: len(facts.Accounts), Requests: facts.ListReads, SpentMonth: facts.SpentMonth,
		Quotas: slices.Clone(facts.Quotas), Limited: []Limited{},
		Decisions: slices.Grow([]Decision(nil), len(Features())*len(facts.Accounts)+len(facts.Missing)),
	}}
	for _, q := range facts.Quotas {
		p.left[q.StripeAccountID] = q.Rows
	}
	return p
}

// stalestFirst orders accounts by when they were last complete; those that never were come first.
func stalestFirst(accounts []Account) []*Account {
	sorted := make([]*Account, len(accounts))
	for i := range accounts {
		sorted[i] = &accounts[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Account) int {
		staler := CompareStaleness(a.Stored.CompleteThroughAt, b.Stored.CompleteThroughAt)
		return cmp.Or(staler, cmp.Compare(a.AccountID, b.AccountID))
	})
	return sorted
}

// CompareStaleness orders accounts by when they were last complete, the longest ago first; nil is never.
func CompareStaleness(a, b *time.Time) int { return orZero(a).Compare(orZero(b)) }

func orZero(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}

func (p *planner) add(d Decision) {
	p.plan.Decisions = append(p.plan.Decisions, d)
	p.plan.Requests += d.Requests
	p.plan.CostMicroUSD += d.CostMicroUSD
}

// skip is a decision to do nothing about a feature, until a rule decides otherwise.
func skip(a Account, feature string) Decision {
	return Decision{AccountID: a.AccountID, Feature: feature, Action: ActionSkip}
}
