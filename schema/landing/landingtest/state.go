package landingtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fcpipe/schema"
)

// State is what the published file says; empty without one.
func (m *Memory) State() schema.State { return m.published().state() }

// Overlaid is State with what was sealed on top of it: what the next round begins with.
func (m *Memory) Overlaid() schema.State {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	state := m.file.state()
	for _, segment := range m.sealed {
		overlay(&state, segment)
	}
	return state
}

// Rows are the published transactions by id.
func (m *Memory) Rows() map[string]Row { return m.published().clone().rows }

// Labels are the published labels, by transaction.
func (m *Memory) Labels() map[string]schema.Labels { return m.published().clone().labels }

// Refused are the rows in quarantine, in the order in which they were refused.
func (m *Memory) Refused() (rows []schema.QuarantinedRow) {
	for _, r := range m.published().clone().refused {
		rows = append(rows, r.QuarantinedRow)
	}
	return rows
}

// Owners are the published owners, by snapshot and id.
func (m *Memory) Owners() (owners []schema.Owner) {
	for _, o := range m.published().clone().owners {
		owners = append(owners, o)
	}
	slices.SortFunc(owners, func(a, b schema.Owner) int {
		return cmp.Or(cmp.Compare(a.OwnershipID, b.OwnershipID), cmp.Compare(a.OwnerID, b.OwnerID))
	})
	return owners
}

// Refreshes are the published attempts by account and feature, oldest first.
func (m *Memory) Refreshes() (attempts []schema.RefreshAttempt) {
	for _, r := range m.published().clone().refreshes {
		attempts = append(attempts, r)
	}
	slices.SortFunc(attempts, func(a, b schema.RefreshAttempt) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Feature, b.Feature),
			a.RequestedAt.Compare(b.RequestedAt))
	})
	return attempts
}

func (f *file) state() schema.State {
	state := schema.State{Accounts: map[string]schema.AccountState{}}
	if f == nil {
		return state
	}
	state.Exists, state.Livemode, state.StripeAccountID = true, new(f.livemode), f.stripeAccountID
	state.Watermark, state.Ownerships, state.Tallies = f.watermark, map[string]bool{}, f.tallies
	for id, a := range f.accounts {
		state.Accounts[id] = schema.AccountState{
			Account: a.Account, AccountKey: id, CursorRefreshID: a.cursor, CompleteThroughAt: a.through,
			FirstSeenAt: a.firstSeenAt, Failures: map[string]int{},
		}
	}
	for _, b := range f.balances {
		putBalance(&state, b)
	}
	for id := range f.ownerships {
		state.Ownerships[id] = true
	}
	for _, l := range f.labelStates {
		state.PutLabels(l)
	}
	f.attempts(&state)
	return state
}

// attempts puts the latest attempt of each feature into a state, and how many failed since one succeeded.
func (f *file) attempts(state *schema.State) {
	succeeded := map[refreshKey]time.Time{}
	for key, r := range f.refreshes {
		of := refreshKey{accountID: key.accountID, feature: key.feature}
		if r.Status == "succeeded" && r.RequestedAt.After(succeeded[of]) {
			succeeded[of] = r.RequestedAt
		}
		a, known := state.Accounts[r.AccountID]
		latest := a.Refresh(r.Feature)
		if later := since(r).Compare(since(latest)); known && (latest.Feature == "" || later > 0 || later == 0 &&
			r.RequestedAt.After(latest.RequestedAt)) {
			putAttempt(state, a, r)
		}
	}
	for key, r := range f.refreshes {
		of := refreshKey{accountID: key.accountID, feature: key.feature}
		if a, known := state.Accounts[r.AccountID]; known && r.Status == "failed" &&
			r.RequestedAt.After(succeeded[of]) {
			a.Failures[r.Feature]++
		}
	}
}

// since is when an attempt was made; one that lies in the future is not later than when it was seen settled.
func since(r schema.RefreshAttempt) time.Time {
	if r.SettledAt != nil && r.SettledAt.Before(r.RequestedAt) {
		return *r.SettledAt
	}
	return r.RequestedAt
}

func (f *file) tallies(context.Context) (map[string]schema.Tally, error) {
	tallies := map[string]schema.Tally{}
	for _, row := range f.rows {
		tallies[row.AccountID] = schema.Tally{Rows: tallies[row.AccountID].Rows + 1}
	}
	return tallies, nil
}
