package landingtest

import (
	"time"

	"fcpipe/schema"
)

// Rows of stories. Instants are whole seconds.

func anAccount(id string, changes ...func(*schema.Account)) schema.Account {
	a := schema.Account{
		AccountID: id, InstitutionName: "Bank", Category: "cash", Subcategory: "checking", Status: "active",
		Permissions: []string{"transactions", "balances"}, CreatedAt: begun.AddDate(0, -1, 0),
		TransactionRefresh: &schema.RefreshState{
			RefreshID: new("fctxnref_1"), Status: "succeeded",
			AttemptedAt: begun.AddDate(0, 0, -1),
		},
	}
	for _, change := range changes {
		change(&a)
	}
	return a
}

// accounts are rows of accounts alone.
func accounts(ids ...string) (rows schema.Landed) {
	for _, id := range ids {
		rows.Accounts = append(rows.Accounts, anAccount(id))
	}
	return rows
}

// aRow is a posted transaction; its state is told from another by amount and by when it was updated.
func aRow(id, account string, amount int64, updated time.Duration) schema.Transaction {
	at := begun.AddDate(0, 0, -3)
	return schema.Transaction{
		TransactionID: id, AccountID: account, AmountMinor: amount, Currency: "usd", Description: "COFFEE",
		Status:       "posted",
		TransactedAt: at, PostedAt: &at, UpdatedAt: at.Add(updated), TransactionRefreshID: "fctxnref_1",
	}
}

func transactions(rows ...schema.Transaction) schema.Landed { return schema.Landed{Transactions: rows} }

// complete says that everything after a cursor is there; "" after is everything.
func complete(account, after, cursor string) schema.Landed {
	return schema.Landed{Completions: []schema.Completion{{
		AccountID: account, AfterRefreshID: named(after), CursorRefreshID: named(cursor), CompleteThroughAt: new(begun),
	}}}
}

func named(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

func attempt(account, status string, requestedAt time.Time, changes ...func(*schema.RefreshAttempt)) schema.Landed {
	r := schema.RefreshAttempt{
		Feature: "balance", AccountID: account, RequestedAt: requestedAt, RequestedBy: "us",
		Status: status,
	}
	for _, change := range changes {
		change(&r)
	}
	return schema.Landed{Refreshes: []schema.RefreshAttempt{r}}
}

func refused(account, object string, position int) schema.Landed {
	return schema.Landed{Quarantined: []schema.QuarantinedRow{{
		AccountID: account, Object: object, Page: 1, Position: position, Field: "amount", Reason: "is no integer",
		RequestID: "req_1", Raw: []byte(`{"amount":1.5}`),
	}}}
}

func anOwner(snapshot, id, account string) schema.Owner {
	return schema.Owner{
		OwnershipID: snapshot, OwnerID: id, AccountID: account, Name: "A Person",
		Email: new("a@example.com"), RefreshedAt: new(begun),
	}
}

func whole(snapshot, account string, owners int64) schema.Landed {
	return schema.Landed{Ownerships: []schema.Ownership{{
		OwnershipID: snapshot, AccountID: account,
		OwnerCount: owners,
	}}}
}

// with joins what one call lands.
func with(all ...schema.Landed) (rows schema.Landed) {
	for _, r := range all {
		rows.Accounts = append(rows.Accounts, r.Accounts...)
		rows.Balances = append(rows.Balances, r.Balances...)
		rows.Transactions = append(rows.Transactions, r.Transactions...)
		rows.Refreshes = append(rows.Refreshes, r.Refreshes...)
		rows.Quarantined = append(rows.Quarantined, r.Quarantined...)
		rows.Completions = append(rows.Completions, r.Completions...)
		rows.Owners = append(rows.Owners, r.Owners...)
		rows.Ownerships = append(rows.Ownerships, r.Ownerships...)
	}
	return rows
}
