package sync

import (
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/stripe"
)

var planNow = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

func planAccount(change func(*schema.Account)) schema.Account {
	holder, id, ago := "cus_1", "fctxnref_9", planNow.Add(-30*time.Hour)
	next := planNow.Add(-time.Hour)
	a := schema.Account{
		AccountID: "fca_1", HolderID: &holder, InstitutionName: "Bank", Status: "active", Permissions: []string{"balances", "transactions"},
		Subscriptions:      []string{"transactions"},
		TransactionRefresh: &schema.RefreshState{RefreshID: &id, Status: "succeeded", AttemptedAt: ago, NextAvailableAt: &next},
		BalanceRefresh:     &schema.RefreshState{Status: "succeeded", AttemptedAt: ago, NextAvailableAt: &next},
	}
	if change != nil {
		change(&a)
	}
	return a
}

// TestPlanDecides has one case for every reason there is.
func TestPlanDecides(t *testing.T) {
	held := "fctxnref_9"
	upToDate := schema.State{Accounts: map[string]schema.AccountState{"fca_1": {CursorRefreshID: &held}}}
	limit := func(n int64) *int64 { return &n }
	unanswered := func(f *planFacts) { f.open = map[string]bool{"fca_1balance": true} }
	onChange := func(o *Options) { o.Balance.Mode = ModeOnChange }
	lately := planNow.Add(-28 * time.Hour)
	heldLater := schema.State{Accounts: map[string]schema.AccountState{"fca_1": {CursorRefreshID: &held, CompleteThroughAt: &lately}}}
	balanceAsked := func(hours int) func(*schema.Account) { // its transactions were refreshed 30 hours ago
		return func(a *schema.Account) { a.BalanceRefresh.AttemptedAt = planNow.Add(-time.Duration(hours) * time.Hour) }
	}
	for name, test := range map[string]struct {
		account              func(*schema.Account)
		state                schema.State
		options              func(*Options)
		facts                func(*planFacts)
		transactions, reason string
		balance, why         string
		blocked              bool
	}{
		"new rows":       {transactions: ActionFetch, reason: ReasonNewRows, balance: ActionRefresh, why: ReasonDue},
		"nothing new":    {state: upToDate, transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionRefresh, why: ReasonDue},
		"not subscribed": {account: func(a *schema.Account) { a.Subscriptions = nil }, transactions: ActionSubscribe, reason: ReasonNotSubscribed, balance: ActionRefresh, why: ReasonDue},
		"null subscriptions": {
			state: upToDate, account: func(a *schema.Account) { a.Subscriptions = nil }, facts: func(f *planFacts) { f.subscribed = map[string]bool{"fca_1": true} },
			transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionRefresh, why: ReasonDue,
		},
		"null subscriptions, nothing comes": {state: upToDate, account: func(a *schema.Account) {
			a.Subscriptions, a.TransactionRefresh.AttemptedAt = nil, planNow.Add(-49*time.Hour)
		}, facts: func(f *planFacts) { f.subscribed = map[string]bool{"fca_1": true} }, transactions: ActionSubscribe, reason: ReasonNotSubscribed, balance: ActionRefresh, why: ReasonDue},
		"null permissions":               {account: func(a *schema.Account) { a.Permissions = nil }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionRefresh, why: ReasonDue},
		"refresh of balances unreadable": {facts: func(f *planFacts) { f.unread = map[string]bool{"fca_1balance": true} }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionSkip, why: ReasonNotRead},
		"refresh of rows unreadable":     {state: upToDate, facts: func(f *planFacts) { f.unsure = map[string]bool{"fca_1": true} }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionRefresh, why: ReasonDue},
		"on demand":                      {options: func(o *Options) { o.Transactions.Mode = ModeOnDemand }, transactions: ActionRefresh, reason: ReasonDue, balance: ActionRefresh, why: ReasonDue},
		"pending":                        {account: func(a *schema.Account) { a.TransactionRefresh.Status, a.BalanceRefresh.Status = "pending", "pending" }, transactions: ActionWait, reason: ReasonPending, balance: ActionWait, why: ReasonPending},
		"fresh":                          {state: upToDate, account: func(a *schema.Account) { a.BalanceRefresh.AttemptedAt = planNow.Add(-time.Hour) }, transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionSkip, why: ReasonFresh},
		"nearly due":                     {state: upToDate, account: balanceAsked(20), transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionRefresh, why: ReasonDue},
		"not nearly due":                 {state: upToDate, account: balanceAsked(19), transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionSkip, why: ReasonFresh},
		"failed":                         {state: upToDate, account: func(a *schema.Account) { a.TransactionRefresh.Status, a.TransactionRefresh.RefreshID = "failed", nil }, transactions: ActionSkip, reason: ReasonRefreshFailed, balance: ActionRefresh, why: ReasonDue},
		"never refreshed":                {account: func(a *schema.Account) { a.TransactionRefresh = nil }, transactions: ActionSkip, reason: ReasonNeverRefreshed, balance: ActionRefresh, why: ReasonDue},
		"inactive":                       {state: upToDate, account: func(a *schema.Account) { a.Status = "inactive" }, transactions: ActionSkip, reason: ReasonInactive, balance: ActionSkip, why: ReasonInactive},
		"inactive, rows":                 {account: func(a *schema.Account) { a.Status = "inactive" }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionSkip, why: ReasonInactive},
		"disconnected":                   {account: func(a *schema.Account) { a.Status = "disconnected" }, transactions: ActionSkip, reason: ReasonDisconnected, balance: ActionSkip, why: ReasonDisconnected},
		"no permission":                  {account: func(a *schema.Account) { a.Permissions = []string{"ownership"} }, transactions: ActionSkip, reason: ReasonNoPermission, balance: ActionSkip, why: ReasonNoPermission},
		"not before": {state: upToDate, account: func(a *schema.Account) {
			later := planNow.Add(time.Minute)
			a.BalanceRefresh.NextAvailableAt = &later
		}, transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionSkip, why: ReasonFresh},
		"never again":           {state: upToDate, account: func(a *schema.Account) { a.BalanceRefresh.NextAvailableAt = nil }, transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionSkip, why: ReasonFresh},
		"balance off":           {state: upToDate, options: func(o *Options) { o.Balance.Mode = ModeOff }, transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionSkip, why: ReasonOff},
		"on change, moved":      {state: upToDate, options: onChange, account: balanceAsked(31), transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionRefresh, why: ReasonChanged},
		"on change, quiet":      {state: upToDate, options: onChange, account: balanceAsked(29), transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionSkip, why: ReasonUnchanged},
		"on change, too early":  {state: upToDate, options: onChange, account: balanceAsked(19), transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionSkip, why: ReasonFresh},
		"on change, held later": {state: heldLater, options: onChange, account: balanceAsked(29), transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionRefresh, why: ReasonChanged},
		"on change, never had":  {state: upToDate, options: onChange, account: func(a *schema.Account) { a.BalanceRefresh = nil }, transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionRefresh, why: ReasonFirst},
		"on change, failed": {state: upToDate, options: onChange, account: func(a *schema.Account) {
			balanceAsked(29)(a)
			a.BalanceRefresh.Status = "failed"
		}, transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionRefresh, why: ReasonRetry},
		"balance failed lately": {state: upToDate, account: func(a *schema.Account) {
			balanceAsked(19)(a)
			a.BalanceRefresh.Status = "failed"
		}, transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionSkip, why: ReasonRetryLater},
		"on demand, failed": {state: upToDate, account: func(a *schema.Account) { a.TransactionRefresh.Status = "failed" }, options: func(o *Options) {
			o.Transactions = FeaturePolicy{ModeOnDemand, 720 * time.Hour}
		}, transactions: ActionRefresh, reason: ReasonRetry, balance: ActionRefresh, why: ReasonDue},
		"on demand, first": {account: func(a *schema.Account) { a.TransactionRefresh = nil }, options: func(o *Options) {
			o.Transactions.Mode = ModeOnDemand
		}, transactions: ActionRefresh, reason: ReasonFirst, balance: ActionRefresh, why: ReasonDue},
		"on change, transactions fail": {state: upToDate, options: onChange, account: func(a *schema.Account) {
			balanceAsked(31)(a)
			a.TransactionRefresh.Status, a.TransactionRefresh.RefreshID = "failed", nil
		}, transactions: ActionSkip, reason: ReasonRefreshFailed, balance: ActionSkip, why: ReasonUnchanged},
		"on change, not shared": {options: onChange, account: func(a *schema.Account) {
			balanceAsked(29)(a)
			a.Permissions = []string{"balances"}
		}, transactions: ActionSkip, reason: ReasonNoPermission, balance: ActionRefresh, why: ReasonDue},
		"live, no budget":              {options: func(o *Options) { o.Stripe.Key, o.MaxPerMonth = "rk_live_x", nil }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionSkip, why: ReasonBudgetNotSet},
		"over budget":                  {options: func(o *Options) { o.MaxPerRun = limit(99_999) }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionSkip, why: ReasonOverBudget, blocked: true},
		"over the month":               {options: func(o *Options) { o.MaxPerMonth = limit(150_000) }, facts: func(f *planFacts) { f.spentMonth = 100_000 }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionSkip, why: ReasonOverBudget, blocked: true},
		"reads used up":                {facts: func(f *planFacts) { f.rooms = map[string]*readRoom{"": {limited: true}} }, transactions: ActionSkip, reason: ReasonReadAllowance, balance: ActionRefresh, why: ReasonDue, blocked: true},
		"clock is off":                 {facts: func(f *planFacts) { f.drift = 6 * time.Minute }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionSkip, why: ReasonClockDrift},
		"never answered":               {facts: unanswered, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionRefresh, why: ReasonNotConfirmed},
		"never answered, over budget":  {facts: unanswered, options: func(o *Options) { o.MaxPerMonth = limit(99_999) }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionSkip, why: ReasonOverBudget, blocked: true},
		"never answered, no budget":    {facts: unanswered, options: func(o *Options) { o.Stripe.Key, o.MaxPerMonth = "rk_live_x", nil }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionSkip, why: ReasonBudgetNotSet},
		"never answered, clock is off": {facts: func(f *planFacts) { unanswered(f); f.drift = 6 * time.Minute }, transactions: ActionFetch, reason: ReasonNewRows, balance: ActionSkip, why: ReasonClockDrift},
		"never answered, off":          {facts: unanswered, state: upToDate, options: func(o *Options) { o.Balance.Mode = ModeOff }, transactions: ActionSkip, reason: ReasonUpToDate, balance: ActionSkip, why: ReasonOff},
	} {
		t.Run(name, func(t *testing.T) {
			facts := planFacts{now: planNow, listReads: 1, state: test.state, charged: func(string) bool { return false }, options: Options{
				Stripe: stripe.Options{Key: "rk_test_x"}, ReadsPer30Days: 10_000, ReadsWritten: true, Prices: Prices{Balance: 100_000, TransactionsMonth: 300_000},
				Transactions: FeaturePolicy{ModeSubscribe, 24 * time.Hour}, Balance: FeaturePolicy{ModeOnDemand, 24 * time.Hour},
			}}
			if test.options != nil {
				test.options(&facts.options)
			}
			if test.facts != nil {
				test.facts(&facts)
			}
			p := plan([]schema.Account{planAccount(test.account)}, facts)
			got := []string{p.Decisions[0].Action, p.Decisions[0].Reason, p.Decisions[1].Action, p.Decisions[1].Reason}
			want := []string{test.transactions, test.reason, test.balance, test.why}
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("decided %v, want %v", got, want)
				}
			}
			if p.Blocked != test.blocked || Explain(test.reason) == "" || Explain(test.why) == "" {
				t.Errorf("blocked %t, want %t", p.Blocked, test.blocked)
			}
		})
	}
}

func TestPlanServesTheStalestFirst(t *testing.T) {
	old, older := planNow.Add(-time.Hour), planNow.Add(-9*time.Hour)
	accounts := []schema.Account{}
	state := schema.State{Accounts: map[string]schema.AccountState{}}
	for id, through := range map[string]*time.Time{"fca_a": &old, "fca_b": nil, "fca_c": &older} {
		accounts = append(accounts, planAccount(func(a *schema.Account) { a.AccountID = id }))
		state.Accounts[id] = schema.AccountState{CompleteThroughAt: through}
	}
	facts := planFacts{
		now: planNow, listReads: 1, state: state, charged: func(string) bool { return true },
		rooms:   map[string]*readRoom{"": {limited: true, left: 2}},
		options: Options{Transactions: FeaturePolicy{Mode: ModeOff}, Balance: FeaturePolicy{Mode: ModeOff}},
	}
	var order []string
	for _, d := range plan(accounts, facts).Decisions {
		if d.Feature == FeatureTransactions {
			order = append(order, d.AccountID+" "+d.Action)
		}
	}
	want := []string{"fca_b fetch", "fca_c fetch", "fca_a skip"}
	for i := range want {
		if order[i] != want[i] {
			t.Fatalf("%v, want %v", order, want)
		}
	}
}
