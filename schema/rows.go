package schema

import "time"

// Account is one Financial Connections account as Stripe states it.
// Source: https://docs.stripe.com/api/financial_connections/accounts/object
type Account struct {
	AccountID          string
	StripeAccountID    *string // the Stripe account that sees it; nil when the key may not say
	HolderType         *string // customer or account
	HolderID           *string // cus_… or acct_…
	InstitutionName    string
	DisplayName        *string
	Last4              *string
	Category           string   // cash, credit, investment, other
	Subcategory        string   // checking, savings, credit_card, …
	Status             string   // active, inactive, disconnected
	Permissions        []string // nil is Stripe's null
	Subscriptions      []string // nil is Stripe's null
	Livemode           bool
	CreatedAt          time.Time
	BalanceRefresh     *RefreshState
	OwnershipRefresh   *RefreshState
	TransactionRefresh *RefreshState
	Extra              *string // JSON object of every field fcpipe has no column for; nil when there is none
}

// RefreshState is the latest attempt to refresh one feature of an account.
// It is nil on an account until the permission was granted and a refresh was started.
type RefreshState struct {
	RefreshID       *string // fctxnref_…; transactions only
	Status          string  // pending, succeeded, failed
	AttemptedAt     time.Time
	NextAvailableAt *time.Time // nil while pending or when the account is inactive
}

// Balance is what an institution said an account held in one currency at AsOf.
// Amounts are minor units; positive is owed to the holder. A nil part was not stated.
type Balance struct {
	AccountID      string
	Currency       string // lower-case ISO 4217
	BalanceType    string // cash or credit
	CurrentMinor   *int64
	AvailableMinor *int64
	UsedMinor      *int64
	AsOf           time.Time
}

// Transaction is one row of an account's history as Stripe states it now.
// Source: https://docs.stripe.com/api/financial_connections/transactions/object
type Transaction struct {
	TransactionID        string
	AccountID            string
	AmountMinor          int64 // minor units of Currency; negative leaves the account
	Currency             string
	Description          string
	Status               string // pending, posted, void
	TransactedAt         time.Time
	PostedAt             *time.Time
	VoidAt               *time.Time
	UpdatedAt            time.Time
	TransactionRefreshID string // the refresh that last created or changed the row
	Livemode             bool
	Extra                *string
}

// RefreshAttempt is one attempt to refresh one feature, whoever asked for it.
// Account, feature and RequestedAt identify it.
type RefreshAttempt struct {
	Feature         string // balance, ownership, transactions
	AccountID       string
	StripeAccountID *string
	RefreshID       *string // transactions only
	RequestedAt     time.Time
	RequestedBy     string     // us, subscription, link, other
	Status          string     // pending, succeeded, failed
	SettledAt       *time.Time // when fcpipe first saw it settled
	IdempotencyKey  *string
	RequestID       *string // Stripe's req_… of our POST
}

// Completion says that every row of an account between two cursors has landed. It counts only
// where everything up to the first is held.
// A nil CursorRefreshID lands rows without moving the cursor.
type Completion struct {
	AccountID         string
	AfterRefreshID    *string // the cursor the rows were listed after; nil when all were listed
	CursorRefreshID   *string
	CompleteThroughAt *time.Time // when that refresh was attempted
}

// Owner is a person or company an account belongs to, as one ownership snapshot states it.
// Source: https://docs.stripe.com/api/financial_connections/ownership
type Owner struct {
	OwnershipID string // fcaowns_…, the snapshot
	OwnerID     string // fcaown_…
	AccountID   string
	Name        string
	Email       *string
	Phone       *string
	RawAddress  *string
	RefreshedAt *time.Time
	Extra       *string
}

// Ownership says that every owner of a snapshot has landed.
type Ownership struct {
	OwnershipID string
	AccountID   string
	OwnerCount  int64
}

// QuarantinedRow is a row Stripe sent that fcpipe refuses to store as data.
// Raw is its JSON; it goes to the quarantine directory, never to a table or log.
type QuarantinedRow struct {
	AccountID string
	Object    string // transaction, account, balance, owner
	Page      int    // 1-based page of this fetch; 0 for objects that do not come in pages
	Position  int    // 0-based position in the page
	Field     string // the first field at fault
	Reason    string // why, without the value
	RequestID string
	Raw       []byte
}
