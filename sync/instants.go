package sync

import (
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
)

// What Stripe says of the past is stored as it came, whatever it is. Decisions believe it up to a bound:
// milliseconds taken for seconds would make an account complete for fifty thousand years.
const (
	aheadOfServer = 48 * time.Hour       // an instant of the past may lie so far ahead of the server's time
	nextAhead     = 366 * 24 * time.Hour // the next refresh, so far
)

// noAttemptBefore is when there was no Financial Connections yet.
var noAttemptBefore = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// believed reports whether a refresh may have been attempted at an instant.
func believed(at, now time.Time) bool {
	return !at.After(now.Add(aheadOfServer)) && !at.Before(noAttemptBefore)
}

// existed reports whether an account was there at an instant, or nearly: no lag shows what was before.
func existed(a schema.Account, at time.Time) bool {
	return !at.Before(a.CreatedAt.Add(-24 * time.Hour))
}

// attemptedAt is when a refresh was attempted. Where that cannot be, it is when it was first seen.
func (r *round) attemptedAt(accountID, feature string, refresh schema.RefreshState) time.Time {
	now := r.syncer.Now()
	if believed(refresh.AttemptedAt, now) {
		return refresh.AttemptedAt
	}
	held := r.state.Accounts[accountID].Refreshes[feature]
	if held.SettledAt != nil && held.RequestedAt.Equal(refresh.AttemptedAt) {
		return *held.SettledAt
	}
	return now
}

// asBelieved is an account with refresh instants that decisions can rely on.
func (r *round) asBelieved(a schema.Account) schema.Account {
	latest := r.syncer.Now().Add(nextAhead)
	for feature, state := range map[string]**schema.RefreshState{
		plan.FeatureBalance: &a.BalanceRefresh, plan.FeatureOwnership: &a.OwnershipRefresh, plan.FeatureTransactions: &a.TransactionRefresh,
	} {
		if *state == nil {
			continue
		}
		known := **state
		known.AttemptedAt = r.attemptedAt(a.AccountID, feature, known)
		if held := plan.RefreshOf(r.state.Accounts[a.AccountID].Account, feature); held != nil && !existed(a, known.AttemptedAt) {
			known.AttemptedAt = r.attemptedAt(a.AccountID, feature, *held)
		}
		if known.NextAvailableAt != nil && known.NextAvailableAt.After(latest) {
			known.NextAvailableAt = &known.AttemptedAt // our own interval decides
		}
		*state = &known
	}
	return a
}

// noteUnbelieved says once in a round which accounts show instants that cannot be.
func (r *round) noteUnbelieved() {
	now := r.syncer.Now()
	for a := range r.roster.readings() {
		for _, feature := range []string{plan.FeatureTransactions, plan.FeatureBalance, plan.FeatureOwnership} {
			if state := plan.RefreshOf(a.Account, feature); state != nil && !believed(state.AttemptedAt, now) {
				r.syncer.options.Log.Warn("a refresh with an instant that cannot be is stored as it came, and taken for one of when it was first seen",
					"account", a.AccountID, "feature", feature, "seconds", state.AttemptedAt.Unix())
			}
		}
	}
}
