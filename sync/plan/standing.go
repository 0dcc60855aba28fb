package plan

import (
	"slices"

	"fcpipe/schema"
)

// Features are the features of an account, in the order in which a plan decides about them.
func Features() []string { return []string{FeatureTransactions, FeatureBalance, FeatureOwnership} }

// RefreshOf is the latest refresh of a feature that an account shows; nil when it shows none.
func RefreshOf(a schema.Account, feature string) *schema.RefreshState {
	switch feature {
	case FeatureBalance:
		return a.BalanceRefresh
	case FeatureOwnership:
		return a.OwnershipRefresh
	}
	return a.TransactionRefresh
}

// IsPending reports whether a refresh has not settled yet; false when there is none.
func IsPending(refresh *schema.RefreshState) bool {
	return refresh != nil && refresh.Status == "pending"
}

func isFailed(refresh *schema.RefreshState) bool { return refresh != nil && refresh.Status == "failed" }

// permissions name what a holder shares so that a feature can be read.
// Source: https://docs.stripe.com/financial-connections/fundamentals#data-permissions
var permissions = map[string]string{
	FeatureTransactions: "transactions", FeatureBalance: "balances", FeatureOwnership: "ownership",
}

// IsShared reports whether the holder of an account shares a feature; null permissions do not say, and count as
// shared.
func IsShared(a schema.Account, feature string) bool {
	return a.Permissions == nil || slices.Contains(a.Permissions, permissions[feature])
}

// Unusable is the reason why Stripe would not refresh a feature of an account; "" when it would.
func Unusable(a schema.Account, feature string) string {
	switch {
	case a.Status == "disconnected":
		return ReasonDisconnected
	case !IsShared(a, feature):
		return ReasonNoPermission
	case a.Status != "active":
		return ReasonInactive
	}
	return ""
}

// IsReadable reports whether the transactions of an account can be listed at all: a refresh is there,
// the holder shares them and has not disconnected the account.
func IsReadable(a schema.Account) bool {
	return a.TransactionRefresh != nil && a.TransactionRefresh.RefreshID != nil && a.Status != "disconnected" &&
		IsShared(a, FeatureTransactions)
}

// OwesRows compares the newest refresh of transactions with the cursor that is held. A refresh that failed,
// or is pending, may hide one that succeeded before it: so an account whose failed or pending refresh
// is not held yet is read once, after the cursor.
func OwesRows(a schema.Account, stored schema.AccountState) bool {
	refresh := a.TransactionRefresh
	if refresh == nil || refresh.RefreshID == nil {
		return false
	}
	if refresh.Status == "succeeded" {
		return stored.CursorRefreshID == nil || *stored.CursorRefreshID != *refresh.RefreshID
	}
	held := stored.TransactionRefresh
	return held == nil || deref(held.RefreshID) != *refresh.RefreshID || held.Status != refresh.Status
}

// deref is the text behind a pointer; "" for nil.
func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
