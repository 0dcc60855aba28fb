package world

import (
	"slices"
	"time"
)

// Share is what a holder shares of an account from an instant on.
type Share struct {
	At          time.Time `json:"at"`
	Permissions []string  `json:"permissions"` // sorted
}

// SharedAt are the permissions that its holder had granted at an instant.
func (a *Account) SharedAt(now time.Time) []string {
	for _, share := range slices.Backward(a.State.Shares) {
		if !share.At.After(now) {
			return share.Permissions
		}
	}
	return a.Permissions
}

// Permits reports whether its holder grants a permission, by the last that was said.
func (a *Account) Permits(permission string) bool {
	permissions := a.Permissions
	if n := len(a.State.Shares); n > 0 {
		permissions = a.State.Shares[n-1].Permissions
	}
	return slices.Contains(permissions, permission)
}

// ShowsAt reports whether what a permission gives is shown at an instant: what was read before the permission was
// taken back is not.
func (a *Account) ShowsAt(permission string, now time.Time) bool {
	return len(a.State.Shares) == 0 || slices.Contains(a.SharedAt(now), permission)
}

// Share has its holder share other things from an instant on, more, less or nothing. A subscription ends with the
// permission transactions.
func (a *Account) Share(permissions []string, at time.Time) {
	permissions = slices.Compact(slices.Sorted(slices.Values(permissions)))
	if permissions == nil {
		permissions = []string{}
	}
	a.State.Shares = append(a.State.Shares, Share{at, permissions})
	if !a.Permits("transactions") {
		a.State.SubscribedAt = time.Time{}
	}
}

// Break makes a connection inactive until it is repaired or linked again.
func (a *Account) Break(at time.Time) {
	a.State.BrokenAt = at
	if !a.State.ReactivatedAt.Before(at) {
		a.State.ReactivatedAt = time.Time{} // it was repaired in this very second
	}
}

// Reactivate repairs a connection that broke; one that was ended stays so.
func (a *Account) Reactivate(at time.Time) { a.State.ReactivatedAt = at }
