package plan

import (
	"time"

	"fcpipe/schema"
)

// noon is when the tests of this package plan.
var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

func hoursAgo(n int) time.Time { return noon.Add(-time.Duration(n) * time.Hour) }

// someAccount is active, subscribed, and shares transactions and balances; both were refreshed 30 hours ago.
func someAccount(changes ...func(*Account)) Account {
	holder, id, next := "cus_1", "fctxnref_9", hoursAgo(1)
	a := Account{Features: map[string]Feature{}, Account: schema.Account{
		AccountID:       "fca_1",
		HolderID:        &holder,
		InstitutionName: "Bank",
		Status:          "active",
		Permissions:     []string{"balances", "transactions"},
		Subscriptions:   []string{"transactions"},
		TransactionRefresh: &schema.RefreshState{
			RefreshID:       &id,
			Status:          "succeeded",
			AttemptedAt:     hoursAgo(30),
			NextAvailableAt: &next,
		},
		BalanceRefresh: &schema.RefreshState{
			Status:          "succeeded",
			AttemptedAt:     hoursAgo(30),
			NextAvailableAt: &next,
		},
	}}
	for _, change := range changes {
		if change != nil {
			change(&a)
		}
	}
	return a
}

// upToDate holds everything its last refresh of transactions brought.
func upToDate(a *Account) {
	held := *a.TransactionRefresh.RefreshID
	a.Stored.CursorRefreshID = &held
}

// someFacts are of a test key and a policy that subscribes to transactions and buys balances every day.
func someFacts(accounts ...Account) Facts {
	return Facts{
		Now:          noon,
		ListReads:    1,
		Accounts:     accounts,
		FirstReading: 1,
		Charged:      map[string]bool{},
		Policy: Policy{
			ReadsPer30Days: 10_000,
			ReadsWritten:   true,
			Prices:         Prices{Balance: 100_000, Ownership: 1_500_000, TransactionsMonth: 300_000},
			Transactions: FeaturePolicy{
				ModeSubscribe,
				24 * time.Hour,
			},
			Balance:   FeaturePolicy{ModeOnDemand, 24 * time.Hour},
			Ownership: FeaturePolicy{Mode: ModeOff},
		},
	}
}
