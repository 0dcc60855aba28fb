package storetest

import (
	"strconv"
	"time"

	"fcpipe/schema"
)

// Account is an active checking account of customer cus_1 that shares balances and transactions.
func Account(id string) schema.Account {
	return schema.Account{
		AccountID:       id,
		HolderType:      new("customer"),
		HolderID:        new("cus_1"),
		InstitutionName: "First Bank",
		Last4:           new("4242"),
		Category:        "cash",
		Subcategory:     "checking",
		Status:          "active",
		Permissions:     []string{"balances", "transactions"},
		CreatedAt:       time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		TransactionRefresh: &schema.RefreshState{
			RefreshID: new("fctxnref_1"), Status: "succeeded", AttemptedAt: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
		},
	}
}

// Transaction is a posted transaction in US dollars of a day of May 2026, at 15:00 UTC; amount is in cents.
func Transaction(id, account string, amount int64, day int) schema.Transaction {
	at := time.Date(2026, 5, day, 15, 0, 0, 0, time.UTC)
	return schema.Transaction{
		TransactionID:        id,
		AccountID:            account,
		AmountMinor:          amount,
		Currency:             "usd",
		Description:          "TST* BLUE OWL COFFEE 0042 AUSTIN TX",
		Status:               "posted",
		TransactedAt:         at,
		PostedAt:             &at,
		UpdatedAt:            at,
		TransactionRefreshID: "fctxnref_1",
	}
}

// Completed is what a round lands that listed an account after one cursor up to another, both by
// number: one transaction. Nothing is before number 0.
func Completed(after, cursor int) schema.Landed {
	at := time.Date(2026, 6, cursor, 0, 0, 0, 0, time.UTC)
	account, name := Account("fca_1"), func(n int) *string { return new("fctxnref_" + strconv.Itoa(n)) }
	account.TransactionRefresh = &schema.RefreshState{RefreshID: name(cursor), Status: "succeeded", AttemptedAt: at}
	done := schema.Completion{AccountID: "fca_1", CursorRefreshID: name(cursor), CompleteThroughAt: &at}
	if after > 0 {
		done.AfterRefreshID = name(after)
	}
	return schema.Landed{
		Accounts: []schema.Account{account}, Completions: []schema.Completion{done},
		Transactions: []schema.Transaction{Transaction("fctxn_"+strconv.Itoa(cursor), "fca_1", int64(-cursor), cursor)},
	}
}

// RowsAlone is what landed without its completions.
func RowsAlone(l schema.Landed) schema.Landed {
	return schema.Landed{Accounts: l.Accounts, Transactions: l.Transactions}
}

// CompletionAlone is what landed without its transactions.
func CompletionAlone(l schema.Landed) schema.Landed {
	return schema.Landed{Accounts: l.Accounts, Completions: l.Completions}
}
