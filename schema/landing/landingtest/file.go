package landingtest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
)

// Row is a transaction as it is published, with every state it had.
type Row struct {
	schema.Transaction
	Version    int       // of the current state; the first is 1
	ObservedAt time.Time // when the current state was
	Versions   []Version // oldest first, the current one among them
}

// Version is one state of a transaction. One that was superseded on arrival never was the current one.
type Version struct {
	schema.Transaction
	Version    int
	Superseded bool
}

// file is a published file.
type file struct {
	livemode        bool
	stripeAccountID *string
	watermark       time.Time
	accounts        map[string]account
	rows            map[string]Row
	balances        map[balanceKey]schema.Balance
	refreshes       map[refreshKey]schema.RefreshAttempt
	owners          map[ownerKey]schema.Owner
	ownerships      map[string]ownership
	refused         []refusal
	labels          map[string]schema.Labels
	labelStates     map[labelKey]schema.LabelState
}

type labelKey struct{ accountID, taxonomy string }

type account struct {
	schema.Account
	cursor      *string
	through     *time.Time
	firstSeenAt time.Time
	lastSeenAt  time.Time
	cursors     map[string]time.Time // when each cursor was first observed
}

type balanceKey struct {
	accountID, currency string
	asOf                time.Time
}

type refreshKey struct {
	accountID, feature string
	requestedAt        time.Time
}

type ownerKey struct{ ownershipID, ownerID string }

type ownership struct {
	schema.Ownership
	observedAt time.Time
}

type refusal struct {
	schema.QuarantinedRow
	observedAt time.Time
}

// clone copies a file, so that a merge that fails leaves it as it was; of none it makes an empty one.
func (f *file) clone() *file {
	if f == nil {
		return &file{
			accounts: map[string]account{}, rows: map[string]Row{}, balances: map[balanceKey]schema.Balance{},
			refreshes: map[refreshKey]schema.RefreshAttempt{}, owners: map[ownerKey]schema.Owner{},
			ownerships: map[string]ownership{}, labels: map[string]schema.Labels{},
			labelStates: map[labelKey]schema.LabelState{},
		}
	}
	next := *f
	next.accounts, next.rows, next.balances = maps.Clone(f.accounts), maps.Clone(f.rows), maps.Clone(f.balances)
	next.refreshes, next.owners, next.ownerships = maps.Clone(f.refreshes), maps.Clone(f.owners),
		maps.Clone(f.ownerships)
	next.refused = slices.Clone(f.refused)
	next.labels, next.labelStates = maps.Clone(f.labels), maps.Clone(f.labelStates)
	return &next
}

// cloneLanded copies rows as a file stores them: instants in UTC by the microsecond, currencies in lower case.
func cloneLanded(rows schema.Landed) schema.Landed {
	rows.Accounts, rows.Balances = slices.Clone(rows.Accounts), slices.Clone(rows.Balances)
	rows.Transactions, rows.Refreshes = slices.Clone(rows.Transactions), slices.Clone(rows.Refreshes)
	rows.Quarantined, rows.Completions = slices.Clone(rows.Quarantined), slices.Clone(rows.Completions)
	rows.Owners, rows.Ownerships = slices.Clone(rows.Owners), slices.Clone(rows.Ownerships)
	rows.Labels, rows.LabelStates = slices.Clone(rows.Labels), slices.Clone(rows.LabelStates)
	for i := range rows.Accounts {
		storeAccount(&rows.Accounts[i])
	}
	for i := range rows.Balances {
		rows.Balances[i].AsOf = stored(rows.Balances[i].AsOf)
	}
	for i := range rows.Transactions {
		t := &rows.Transactions[i]
		t.Currency, t.TransactedAt, t.UpdatedAt = strings.ToLower(t.Currency), stored(t.TransactedAt),
			stored(t.UpdatedAt)
		t.PostedAt, t.VoidAt = storedOrNil(t.PostedAt), storedOrNil(t.VoidAt)
	}
	for i := range rows.Refreshes {
		r := &rows.Refreshes[i]
		r.RequestedAt, r.SettledAt = stored(r.RequestedAt), storedOrNil(r.SettledAt)
	}
	for i := range rows.Completions {
		rows.Completions[i].CompleteThroughAt = storedOrNil(rows.Completions[i].CompleteThroughAt)
	}
	for i := range rows.Owners {
		rows.Owners[i].RefreshedAt = storedOrNil(rows.Owners[i].RefreshedAt)
	}
	return rows
}

func storeAccount(a *schema.Account) {
	a.CreatedAt = stored(a.CreatedAt)
	for _, state := range []**schema.RefreshState{&a.BalanceRefresh, &a.OwnershipRefresh, &a.TransactionRefresh} {
		if *state != nil {
			kept := **state
			kept.AttemptedAt, kept.NextAvailableAt = stored(kept.AttemptedAt), storedOrNil(kept.NextAvailableAt)
			*state = &kept
		}
	}
}

func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func storedOrNil(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(stored(*t))
}
