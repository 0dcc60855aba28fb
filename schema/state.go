package schema

import (
	"context"
	"time"
)

// State is what is stored already: what a plan compares Stripe's answers with.
type State struct {
	Exists          bool // a file has been published
	Livemode        *bool
	StripeAccountID *string
	Watermark       time.Time // nothing stored was observed later; zero before the first merge
	Accounts        map[string]AccountState
	// Consents are those known for accounts: of the file, of the journal, and how we ended them
	Consents map[string]ConsentState
	// BalancesSince is the horizon of retention: no balance of before is stored; zero without one
	BalancesSince time.Time
	// Ownerships are the ids of ownership snapshots whose every owner is held
	Ownerships map[string]bool
	// LabelStates are how far the labels of accounts are, by account and taxonomy; nil where Stripe told nothing
	LabelStates map[string]map[string]LabelState
	// Tallies counts the stored rows by account, when asked; nil without a published file
	Tallies func(context.Context) (map[string]Tally, error)
}

// ConsentFor is the consent that is held for an account; false where there is none. An account that is held has one.
func (s State) ConsentFor(id string) (ConsentState, bool) {
	if consent, known := s.Consents[id]; known {
		return consent, true
	}
	a, held := s.Accounts[id]
	consent := ConsentState{Permissions: a.Permissions}
	if a.Status == "disconnected" {
		consent.Ended = EndedByHolder
	}
	return consent, held
}

// Tally is how much is stored of an account.
type Tally struct{ Rows int64 }

// AccountState is one stored account, landed rows included.
type AccountState struct {
	Account
	AccountKey        string
	CursorRefreshID   *string
	CompleteThroughAt *time.Time
	FirstSeenAt       time.Time
	Landed            bool             // some of it has landed and is not merged yet
	Balances          []Balance        // the current one of each currency
	Refreshes         []RefreshAttempt // the latest stored attempt of each feature
	Failures          map[string]int   // attempts that failed since one succeeded, by feature
}

// Balance is the current balance in a currency; false where none is stored.
func (a AccountState) Balance(currency string) (Balance, bool) {
	for _, b := range a.Balances {
		if b.Currency == currency {
			return b, true
		}
	}
	return Balance{}, false
}

// PutBalance stores a balance in place of an earlier one, if it is not older.
func (a *AccountState) PutBalance(b Balance) {
	for i := range a.Balances {
		if stored := &a.Balances[i]; stored.Currency == b.Currency {
			if !stored.AsOf.After(b.AsOf) {
				*stored = b
			}
			return
		}
	}
	a.Balances = append(a.Balances, b)
}

// Refresh is the latest stored attempt of a feature; the zero one where none is.
func (a AccountState) Refresh(feature string) RefreshAttempt {
	for _, r := range a.Refreshes {
		if r.Feature == feature {
			return r
		}
	}
	return RefreshAttempt{}
}

// PutRefresh stores an attempt in place of the latest one of its feature, if it follows that, and counts failures.
func (a *AccountState) PutRefresh(r RefreshAttempt) {
	latest := a.Refresh(r.Feature)
	if !r.Follows(latest) {
		return
	}
	a.countFailure(r, latest)
	for i := range a.Refreshes {
		if a.Refreshes[i].Feature == r.Feature {
			a.Refreshes[i] = r
			return
		}
	}
	a.Refreshes = append(a.Refreshes, r)
}

// Follows reports whether an attempt is newer than the latest one, or that one as it became: an
// attempt that has settled is never pending again.
func (r RefreshAttempt) Follows(latest RefreshAttempt) bool {
	if r.RequestedAt.Equal(latest.RequestedAt) {
		return r.Status != "pending" || latest.Status == "pending"
	}
	return r.since().After(latest.since())
}

// since is when an attempt was made. One that lies in the future is not later than when it was seen settled.
func (r RefreshAttempt) since() time.Time {
	if r.SettledAt != nil && r.SettledAt.Before(r.RequestedAt) {
		return *r.SettledAt
	}
	return r.RequestedAt
}

// countFailure counts a newer attempt than the latest one, or that one as it ended.
func (a *AccountState) countFailure(r, latest RefreshAttempt) {
	switch {
	case r.Status == "succeeded":
		delete(a.Failures, r.Feature)
	case r.Status == "failed" && (latest.Status != "failed" || !latest.RequestedAt.Equal(r.RequestedAt)):
		a.PutFailures(r.Feature, a.Failures[r.Feature]+1)
	}
}

// PutFailures says how many attempts failed since one succeeded.
func (a *AccountState) PutFailures(feature string, failures int) {
	if a.Failures == nil {
		a.Failures = map[string]int{}
	}
	a.Failures[feature] = failures
}

// Put stores a reading of an account; a landed one keeps the stored key, cursor and history.
func (s *State) Put(account AccountState, landed bool) {
	account.Balances, account.Refreshes, account.Failures = nil, nil, nil
	if known, exists := s.Accounts[account.AccountID]; exists && landed {
		known.Account = account.Account
		account = known
	}
	account.Landed = landed
	s.Accounts[account.AccountID] = account
}

// PutLabels notes how far the labels of an account are. A state that goes on after labels that are not held says only
// what Stripe does.
func (s *State) PutLabels(l LabelState) {
	if s.LabelStates == nil {
		s.LabelStates = map[string]map[string]LabelState{}
	}
	of := s.LabelStates[l.AccountID]
	if of == nil {
		of = map[string]LabelState{}
		s.LabelStates[l.AccountID] = of
	}
	if held := of[l.Taxonomy]; !l.Continues(held) {
		l.ThroughRefreshID = held.ThroughRefreshID
	}
	l.AfterRefreshID = nil
	of[l.Taxonomy] = l
}
