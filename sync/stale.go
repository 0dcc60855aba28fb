package sync

import (
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
)

// longestLag is how long every round may be shown an older state of an account before that
// is what Stripe holds now: no replica lags for a day.
const longestLag = 24 * time.Hour

// isStale reports whether a reading is older than what we hold: a replica that lags shows
// attempts before the ones we have seen, or one that has settled as pending still. A state
// never moves backwards. An attempt that is gone where consent or connection changed too is
// no lag.
func isStale(read, held schema.Account, now time.Time) bool {
	changed, account := consentChanged(read, held), read
	for _, pair := range [][2]*schema.RefreshState{
		{read.BalanceRefresh, held.BalanceRefresh}, {read.OwnershipRefresh, held.OwnershipRefresh}, {read.TransactionRefresh, held.TransactionRefresh},
	} {
		switch read, held := pair[0], pair[1]; {
		case held == nil:
		case read == nil && !changed, read != nil && isBefore(account, *read, *held, now), read != nil && isUnsettled(*read, *held):
			return true
		}
	}
	return false
}

// consentChanged reports whether an account was connected otherwise, or shared otherwise, than held.
func consentChanged(read, held schema.Account) bool {
	isStated := read.Permissions != nil && held.Permissions != nil
	return read.Status != held.Status || isStated && !slices.Equal(read.Permissions, held.Permissions)
}

// isBefore reports whether an attempt is older than the held one, if both may have been.
func isBefore(a schema.Account, read, held schema.RefreshState, now time.Time) bool {
	return read.AttemptedAt.Before(held.AttemptedAt) && believed(held.AttemptedAt, now) && existed(a, read.AttemptedAt)
}

// isUnsettled reports whether an attempt is read as pending that is known to have settled.
func isUnsettled(read, held schema.RefreshState) bool {
	return read.AttemptedAt.Equal(held.AttemptedAt) && read.Status == "pending" && held.Status != "pending"
}

func anyPending(a schema.Account) bool {
	return slices.ContainsFunc([]*schema.RefreshState{a.BalanceRefresh, a.OwnershipRefresh, a.TransactionRefresh}, plan.IsPending)
}
