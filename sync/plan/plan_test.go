package plan

import (
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
)

// decision is a case of TestPlanDecides: what is changed, and what is decided about transactions and about balances.
type decision struct {
	account              func(*Account)
	facts                func(*Facts)
	transactions, reason string
	balance, why         string
	blocked              bool
}

// TestPlanDecides has one case for every reason there is.
func TestPlanDecides(t *testing.T) {
	for _, cases := range []map[string]decision{
		decisionsOfAccounts(), decisionsOfFailures(), decisionsOnChange(), decisionsOfBudgets(),
	} {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) {
				facts := someFacts(someAccount(test.account))
				if test.facts != nil {
					test.facts(&facts)
				}
				p := Make(facts)
				got := []string{
					p.Decisions[0].Action,
					p.Decisions[0].Reason,
					p.Decisions[1].Action,
					p.Decisions[1].Reason,
				}
				want := []string{test.transactions, test.reason, test.balance, test.why}
				if !slices.Equal(got, want) {
					t.Fatalf("decided %v, want %v", got, want)
				}
				if p.Blocked != test.blocked || Explain(test.reason) == "" || Explain(test.why) == "" {
					t.Errorf("blocked %t, want %t", p.Blocked, test.blocked)
				}
			})
		}
	}
}

// with makes an account up to date, and changes it.
func with(changes ...func(*Account)) func(*Account) {
	return func(a *Account) {
		upToDate(a)
		for _, change := range changes {
			change(a)
		}
	}
}

func balanceAsked(hours int) func(*Account) {
	return func(a *Account) { a.BalanceRefresh.AttemptedAt = hoursAgo(hours) }
}

func feature(name string, known Feature) func(*Account) {
	return func(a *Account) { a.Features[name] = known }
}

func decisionsOfAccounts() map[string]decision {
	return map[string]decision{
		"new rows":    {nil, nil, ActionFetch, ReasonNewRows, ActionRefresh, ReasonDue, false},
		"nothing new": {with(), nil, ActionSkip, ReasonUpToDate, ActionRefresh, ReasonDue, false},
		"not subscribed": {
			func(a *Account) { a.Subscriptions = []string{} }, nil,
			ActionSubscribe, ReasonNotSubscribed, ActionRefresh, ReasonDue, false,
		},
		"null subscriptions, never asked for": {
			func(a *Account) { a.Subscriptions = nil }, nil,
			ActionSubscribe, ReasonNotSubscribed, ActionRefresh, ReasonDue, false,
		},
		"null subscriptions": {
			with(func(a *Account) { a.Subscriptions, a.Subscribed = nil, true }), nil,
			ActionSkip, ReasonUpToDate, ActionRefresh, ReasonDue, false,
		},
		"null subscriptions, nothing comes": {
			with(func(a *Account) {
				a.Subscriptions, a.Subscribed, a.TransactionRefresh.AttemptedAt = nil, true, hoursAgo(49)
			}), nil,
			ActionSubscribe, ReasonNotSubscribed, ActionRefresh, ReasonDue, false,
		},
		"null permissions": {
			func(a *Account) { a.Permissions = nil },
			nil,
			ActionFetch,
			ReasonNewRows,
			ActionRefresh,
			ReasonDue,
			false,
		},
		"refresh of balances unreadable": {
			feature(
				FeatureBalance,
				Feature{Unread: true},
			),
			nil,
			ActionFetch,
			ReasonNewRows,
			ActionSkip,
			ReasonNotRead,
			false,
		},
		"refresh of rows unreadable": {
			with(
				func(a *Account) { a.RefreshUnread = true },
			),
			nil,
			ActionFetch,
			ReasonNewRows,
			ActionRefresh,
			ReasonDue,
			false,
		},
		"refused again": {
			feature(
				FeatureTransactions,
				Feature{InBackoff: true},
			),
			nil,
			ActionSkip,
			ReasonBackoff,
			ActionRefresh,
			ReasonDue,
			false,
		},
		"pending": {
			func(a *Account) { a.TransactionRefresh.Status, a.BalanceRefresh.Status = "pending", "pending" }, nil,
			ActionWait, ReasonPending, ActionWait, ReasonPending, false,
		},
		"fresh":          {with(balanceAsked(1)), nil, ActionSkip, ReasonUpToDate, ActionSkip, ReasonFresh, false},
		"nearly due":     {with(balanceAsked(20)), nil, ActionSkip, ReasonUpToDate, ActionRefresh, ReasonDue, false},
		"not nearly due": {with(balanceAsked(19)), nil, ActionSkip, ReasonUpToDate, ActionSkip, ReasonFresh, false},
		"bought by a run that died, not shown": {
			with(func(a *Account) { a.BalanceRefresh = nil }, feature(FeatureBalance, Feature{Started: hoursAgo(19)})),
			nil,
			ActionSkip, ReasonUpToDate, ActionSkip, ReasonFresh, false,
		},
		"bought by a run that died, an older one shown": {
			with(feature(FeatureBalance, Feature{Started: hoursAgo(19)})), nil,
			ActionSkip, ReasonUpToDate, ActionSkip, ReasonFresh, false,
		},
		"bought by a run that died, long ago": {
			with(func(a *Account) { a.BalanceRefresh = nil }, feature(FeatureBalance, Feature{Started: hoursAgo(20)})),
			nil,
			ActionSkip, ReasonUpToDate, ActionRefresh, ReasonFirst, false,
		},
		"never refreshed": {
			func(a *Account) { a.TransactionRefresh = nil },
			nil,
			ActionSkip,
			ReasonNeverRefreshed,
			ActionRefresh,
			ReasonDue,
			false,
		},
		"inactive": {
			with(
				func(a *Account) { a.Status = "inactive" },
			),
			nil,
			ActionSkip,
			ReasonInactive,
			ActionSkip,
			ReasonInactive,
			false,
		},
		"inactive, rows": {
			func(a *Account) { a.Status = "inactive" },
			nil,
			ActionFetch,
			ReasonNewRows,
			ActionSkip,
			ReasonInactive,
			false,
		},
		"disconnected": {
			func(a *Account) { a.Status = "disconnected" }, nil,
			ActionSkip, ReasonDisconnected, ActionSkip, ReasonDisconnected, false,
		},
		"no permission": {
			func(a *Account) { a.Permissions = []string{"ownership"} }, nil,
			ActionSkip, ReasonNoPermission, ActionSkip, ReasonNoPermission, false,
		},
		"not before": {
			with(func(a *Account) { a.BalanceRefresh.NextAvailableAt = new(noon.Add(time.Minute)) }), nil,
			ActionSkip, ReasonUpToDate, ActionSkip, ReasonFresh, false,
		},
		"never again": {
			with(func(a *Account) { a.BalanceRefresh.NextAvailableAt = nil }), nil,
			ActionSkip, ReasonUpToDate, ActionSkip, ReasonFresh, false,
		},
	}
}

func decisionsOfFailures() map[string]decision {
	onDemand := func(every time.Duration) func(*Facts) {
		return func(f *Facts) { f.Policy.Transactions = FeaturePolicy{ModeOnDemand, every} }
	}
	return map[string]decision{
		"on demand": {nil, onDemand(24 * time.Hour), ActionRefresh, ReasonDue, ActionRefresh, ReasonDue, false},
		"on demand, first": {
			func(a *Account) { a.TransactionRefresh = nil }, onDemand(24 * time.Hour),
			ActionRefresh, ReasonFirst, ActionRefresh, ReasonDue, false,
		},
		"on demand, failed": {
			with(func(a *Account) { a.TransactionRefresh.Status = "failed" }), onDemand(720 * time.Hour),
			ActionRefresh, ReasonRetry, ActionRefresh, ReasonDue, false,
		},
		"failed": {
			with(func(a *Account) { a.TransactionRefresh.Status, a.TransactionRefresh.RefreshID = "failed", nil }), nil,
			ActionSkip, ReasonRefreshFailed, ActionRefresh, ReasonDue, false,
		},
		"balance failed lately": {
			with(balanceAsked(19), func(a *Account) { a.BalanceRefresh.Status = "failed" }), nil,
			ActionSkip, ReasonUpToDate, ActionSkip, ReasonRetryLater, false,
		},
	}
}

func decisionsOnChange() map[string]decision {
	onChange := func(f *Facts) { f.Policy.Balance.Mode = ModeOnChange }
	return map[string]decision{ // transactions were refreshed 30 hours ago
		"on change, moved": {
			with(balanceAsked(31)),
			onChange,
			ActionSkip,
			ReasonUpToDate,
			ActionRefresh,
			ReasonChanged,
			false,
		},
		"on change, unchanged": {
			with(balanceAsked(29)),
			onChange,
			ActionSkip,
			ReasonUpToDate,
			ActionSkip,
			ReasonUnchanged,
			false,
		},
		"on change, too early": {
			with(balanceAsked(19)),
			onChange,
			ActionSkip,
			ReasonUpToDate,
			ActionSkip,
			ReasonFresh,
			false,
		},
		"on change, held later": {
			with(balanceAsked(29), func(a *Account) { a.Stored.CompleteThroughAt = new(hoursAgo(28)) }), onChange,
			ActionSkip, ReasonUpToDate, ActionRefresh, ReasonChanged, false,
		},
		"on change, never had": {
			with(
				func(a *Account) { a.BalanceRefresh = nil },
			),
			onChange,
			ActionSkip,
			ReasonUpToDate,
			ActionRefresh,
			ReasonFirst,
			false,
		},
		"on change, failed": {
			with(balanceAsked(29), func(a *Account) { a.BalanceRefresh.Status = "failed" }), onChange,
			ActionSkip, ReasonUpToDate, ActionRefresh, ReasonRetry, false,
		},
		"on change, transactions fail": {
			with(
				balanceAsked(31),
				func(a *Account) { a.TransactionRefresh.Status, a.TransactionRefresh.RefreshID = "failed", nil },
			),
			onChange,
			ActionSkip,
			ReasonRefreshFailed,
			ActionSkip,
			ReasonUnchanged,
			false,
		},
		"on change, not shared": {
			func(a *Account) { a.BalanceRefresh.AttemptedAt, a.Permissions = hoursAgo(29), []string{"balances"} },
			onChange,
			ActionSkip,
			ReasonNoPermission,
			ActionRefresh,
			ReasonDue,
			false,
		},
	}
}

func decisionsOfBudgets() map[string]decision {
	unanswered := feature(FeatureBalance, Feature{Unanswered: true})
	live := func(f *Facts) { f.Livemode, f.Policy.MaxPerMonth = true, nil }
	clockOff := func(f *Facts) { f.Drift = 6 * time.Minute }
	balanceOff := func(f *Facts) { f.Policy.Balance.Mode = ModeOff }
	return map[string]decision{
		"balance off":     {with(), balanceOff, ActionSkip, ReasonUpToDate, ActionSkip, ReasonOff, false},
		"live, no budget": {nil, live, ActionFetch, ReasonNewRows, ActionSkip, ReasonBudgetNotSet, false},
		"over budget": {
			nil, func(f *Facts) { f.Policy.MaxPerRun = new(int64(99_999)) },
			ActionFetch, ReasonNewRows, ActionSkip, ReasonOverBudget, true,
		},
		"over the month": {
			nil, func(f *Facts) { f.Policy.MaxPerMonth, f.SpentMonth = new(int64(150_000)), 100_000 },
			ActionFetch, ReasonNewRows, ActionSkip, ReasonOverBudget, true,
		},
		"reads used up": {
			nil, func(f *Facts) { f.Quotas = []Quota{{Allowed: 10_000}} },
			ActionSkip, ReasonReadAllowance, ActionRefresh, ReasonDue, true,
		},
		"the default is used up": {
			nil, func(f *Facts) { f.Quotas, f.Policy.ReadsWritten = []Quota{{Allowed: 10_000}}, false },
			ActionSkip, ReasonReadAllowance, ActionRefresh, ReasonDue, false,
		},
		"its turn comes": {
			nil, func(f *Facts) { f.Quotas = []Quota{{Allowed: 10_000, paced: true}} },
			ActionSkip, ReasonPaced, ActionRefresh, ReasonDue, true,
		},
		"clock is off":   {nil, clockOff, ActionFetch, ReasonNewRows, ActionSkip, ReasonClockDrift, false},
		"never answered": {unanswered, nil, ActionFetch, ReasonNewRows, ActionRefresh, ReasonNotConfirmed, false},
		"never answered, over budget": {
			unanswered, func(f *Facts) { f.Policy.MaxPerMonth = new(int64(99_999)) },
			ActionFetch, ReasonNewRows, ActionSkip, ReasonOverBudget, true,
		},
		"never answered, no budget": {
			unanswered,
			live,
			ActionFetch,
			ReasonNewRows,
			ActionSkip,
			ReasonBudgetNotSet,
			false,
		},
		"never answered, clock is off": {
			unanswered,
			clockOff,
			ActionFetch,
			ReasonNewRows,
			ActionSkip,
			ReasonClockDrift,
			false,
		},
		"never answered, off": {
			with(unanswered),
			balanceOff,
			ActionSkip,
			ReasonUpToDate,
			ActionSkip,
			ReasonOff,
			false,
		},
	}
}

func TestPlanServesTheStalestFirst(t *testing.T) {
	var accounts []Account
	for id, through := range map[string]*time.Time{"fca_a": new(hoursAgo(1)), "fca_b": nil, "fca_c": new(hoursAgo(9))} {
		accounts = append(accounts, someAccount(func(a *Account) {
			a.AccountID, a.Stored = id, schema.AccountState{CompleteThroughAt: through}
		}))
	}
	facts := someFacts(accounts...)
	facts.Quotas, facts.Policy.Balance.Mode = []Quota{{Allowed: 100, Rows: 2}}, ModeOff
	var order []string
	for _, d := range Make(facts).Decisions {
		if d.Feature == FeatureTransactions {
			order = append(order, d.AccountID+" "+d.Action)
		}
	}
	if want := []string{"fca_b fetch", "fca_c fetch", "fca_a skip"}; !slices.Equal(order, want) {
		t.Fatalf("%v, want %v", order, want)
	}
}
