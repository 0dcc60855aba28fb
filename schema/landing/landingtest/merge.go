package landingtest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"fcpipe/schema"
)

// Round is what a merge is told of the round whose rows it merges.
type Round struct {
	Livemode        bool
	StripeAccountID *string
	Seen            []string            // ids Stripe listed
	Audited         map[string][]string // accounts listed whole, each with ids that came in the same round before
}

// Merged counts what a merge changed, in rows.
type Merged struct {
	AccountsNew         int64
	AccountsChanged     int64
	TransactionsNew     int64
	TransactionsChanged int64
	SupersededOnArrival int64
	BalancesNew         int64
	RefreshesChanged    int64
	OwnersNew           int64
	OwnershipsNew       int64
	LabelsChanged       int64 // of transactions, new ones too, and how far those of accounts are
	Quarantined         int64
	Strangers           int64                 // with the id of another account's row; they are refused
	Audits              map[string]Difference // what audited accounts had missed
}

// Difference is what an audit found: rows that were missing, and rows that were held otherwise.
type Difference struct{ Missing, Different int64 }

func (m Merged) changes() int64 {
	return m.AccountsNew + m.AccountsChanged + m.TransactionsNew + m.TransactionsChanged + m.SupersededOnArrival +
		m.BalancesNew + m.RefreshesChanged + m.Quarantined + m.OwnersNew + m.OwnershipsNew + m.LabelsChanged
}

// merge applies segments to a file.
type merge struct {
	file       *file
	round      Round
	observedAt time.Time
	landed     schema.Landed // of all segments, in the order of arrival
	merged     Merged
}

func newMerge(into *file, segments [][]schema.Landed, round Round, now time.Time) *merge {
	m := &merge{file: into, round: round, observedAt: stored(now), merged: Merged{Audits: map[string]Difference{}}}
	if !m.observedAt.After(into.watermark) {
		m.observedAt = into.watermark.Add(time.Microsecond)
	}
	for _, rows := range slices.Concat(segments...) {
		m.landed.Accounts = append(m.landed.Accounts, rows.Accounts...)
		m.landed.Balances = append(m.landed.Balances, rows.Balances...)
		m.landed.Transactions = append(m.landed.Transactions, rows.Transactions...)
		m.landed.Refreshes = append(m.landed.Refreshes, rows.Refreshes...)
		m.landed.Quarantined = append(m.landed.Quarantined, rows.Quarantined...)
		m.landed.Completions = append(m.landed.Completions, rows.Completions...)
		m.landed.Owners = append(m.landed.Owners, rows.Owners...)
		m.landed.Ownerships = append(m.landed.Ownerships, rows.Ownerships...)
		m.landed.Labels = append(m.landed.Labels, rows.Labels...)
		m.landed.LabelStates = append(m.landed.LabelStates, rows.LabelStates...)
	}
	return m
}

func (m *merge) apply() error {
	if err := m.check(); err != nil {
		return err
	}
	m.refuseStrangers()
	m.transactions()
	m.accounts()
	m.balances()
	m.refreshes()
	m.quarantine()
	m.owners()
	m.labels()
	for _, id := range m.round.Seen {
		if a, known := m.file.accounts[id]; known {
			a.lastSeenAt = m.observedAt
			m.file.accounts[id] = a
		}
	}
	m.file.watermark, m.file.livemode = m.observedAt, m.round.Livemode
	if m.file.stripeAccountID == nil {
		m.file.stripeAccountID = m.round.StripeAccountID
	}
	return nil
}

// check refuses rows of another mode, and rows without an account.
func (m *merge) check() error {
	known := map[string]bool{}
	for id, a := range m.file.accounts {
		if known[id] = true; a.Livemode != m.round.Livemode {
			return fmt.Errorf("%w: live and test data do not mix", schema.ErrInvariant)
		}
	}
	var of []string
	for _, a := range m.landed.Accounts {
		if known[a.AccountID] = true; a.Livemode != m.round.Livemode {
			return fmt.Errorf("%w: live and test data do not mix", schema.ErrInvariant)
		}
	}
	for _, t := range m.landed.Transactions {
		if of = append(of, t.AccountID); t.Livemode != m.round.Livemode {
			return fmt.Errorf("%w: live and test data do not mix", schema.ErrInvariant)
		}
	}
	for _, c := range m.landed.Completions {
		of = append(of, c.AccountID)
	}
	for _, o := range m.landed.Owners {
		of = append(of, o.AccountID)
	}
	for _, o := range m.landed.Ownerships {
		of = append(of, o.AccountID)
	}
	if at := slices.IndexFunc(of, func(id string) bool { return !known[id] }); at >= 0 {
		return fmt.Errorf("%w: rows of account %s landed without the account", schema.ErrInvariant, of[at])
	}
	return nil
}

// accounts brings the last reading of each account, with the cursor that its completions lead to.
func (m *merge) accounts() {
	next := map[string]account{}
	of := func(id string) account {
		if a, begun := next[id]; begun {
			return a
		}
		return m.file.accounts[id]
	}
	for _, read := range m.landed.Accounts {
		a := of(read.AccountID)
		a.Account = read
		next[read.AccountID] = a
	}
	for _, c := range m.landed.Completions {
		if a := of(c.AccountID); counts(c, a.cursor) {
			a.cursor, a.through = c.CursorRefreshID, c.CompleteThroughAt
			next[c.AccountID] = a
		}
	}
	for id, a := range next {
		before, known := m.file.accounts[id]
		switch {
		case !known:
			a.firstSeenAt = m.observedAt
			m.merged.AccountsNew++
		case reflect.DeepEqual(before, a):
			continue
		default:
			m.merged.AccountsChanged++
		}
		a.lastSeenAt, a.cursors = m.observedAt, a.since(m.observedAt)
		m.file.accounts[id] = a
	}
}

// since notes when the cursor of an account was first observed.
func (a account) since(observedAt time.Time) map[string]time.Time {
	cursors := map[string]time.Time{}
	if a.cursor != nil {
		cursors[*a.cursor] = observedAt
	}
	maps.Copy(cursors, a.cursors)
	return cursors
}

func (m *merge) balances() {
	last := map[balanceKey]schema.Balance{}
	for _, b := range m.landed.Balances {
		last[balanceKey{b.AccountID, b.Currency, b.AsOf}] = b
	}
	for key, b := range last {
		if held, known := m.file.balances[key]; !known || !reflect.DeepEqual(held, b) {
			m.file.balances[key] = b
			m.merged.BalancesNew++
		}
	}
}

// refreshes keeps of each attempt who asked for it and when it was seen settled: an attempt that has settled is
// never pending again.
func (m *merge) refreshes() {
	last := map[refreshKey]schema.RefreshAttempt{}
	for _, r := range m.landed.Refreshes {
		key := refreshKey{r.AccountID, r.Feature, r.RequestedAt}
		if before, read := last[key]; !read || r.Status != "pending" || before.Status == "pending" {
			last[key] = r
		}
	}
	for key, r := range last {
		held, known := m.file.refreshes[key]
		if known {
			if r.Status == "pending" && held.Status != "pending" {
				continue
			}
			r.RequestedBy = held.RequestedBy
			r.SettledAt = first(held.SettledAt, r.SettledAt)
			r.IdempotencyKey, r.RequestID = first(r.IdempotencyKey, held.IdempotencyKey),
				first(r.RequestID, held.RequestID)
		}
		if !known || !reflect.DeepEqual(held, r) {
			m.file.refreshes[key] = r
			m.merged.RefreshesChanged++
		}
	}
}

func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// owners replaces what a reading of a snapshot says otherwise, and notes the snapshots that are whole now.
func (m *merge) owners() {
	last := map[ownerKey]schema.Owner{}
	for _, o := range m.landed.Owners {
		last[ownerKey{o.OwnershipID, o.OwnerID}] = o
	}
	for key, o := range last {
		if held, known := m.file.owners[key]; !known || !reflect.DeepEqual(held, o) {
			m.file.owners[key] = o
			m.merged.OwnersNew++
		}
	}
	whole := map[string]schema.Ownership{}
	for _, o := range m.landed.Ownerships {
		whole[o.OwnershipID] = o
	}
	for id, o := range whole {
		if _, known := m.file.ownerships[id]; !known {
			m.file.ownerships[id] = ownership{o, m.observedAt}
			m.merged.OwnershipsNew++
		}
	}
}
