package plan

import (
	"errors"

	"fcpipe/schema"
)

// Use is what a request does with an account. The zero value reads the account itself: what it shares, and its states.
type Use struct {
	Feature   string // whose data is read or asked for; "" is none
	Refreshes bool   // the bank is asked for new data, now or every day
}

var (
	// ErrNoConsent is that nothing justifies a request: the account was shown in no list of the round, and no consent
	// for it is held that lasts.
	ErrNoConsent = errors.New("no consent for it is known")
	// ErrNotShared is that the holder, as far as Stripe showed last, does not share what the request is for.
	ErrNotShared = errors.New("it is not shared any more")
)

// Justified says what justifies a request for an account: nil, or one of the errors above. It is what Stripe showed
// of the account last in this round (shown), or, where it showed nothing, the consent that is held. This is the one
// place that decides it.
func Justified(shown *schema.Account, held schema.ConsentState, isHeld bool, use Use) error {
	if shown == nil {
		return justifiedByHeld(held, isHeld, use)
	}
	a := *shown
	if a.Permissions == nil && isHeld {
		a.Permissions = held.Permissions // null does not say that anything changed
	}
	switch {
	case a.Status == "disconnected",
		use.Feature != "" && !IsShared(a, use.Feature),
		use.Refreshes && a.Status != "active":
		return ErrNotShared
	}
	return nil
}

// justifiedByHeld is for an account that no list of the round showed. Data that a bank refreshed before its access
// ended stays readable; nothing new is asked for.
func justifiedByHeld(held schema.ConsentState, isHeld bool, use Use) error {
	lasts := held.Ended == "" || held.Ended == schema.EndedInactive || held.Ended == schema.EndedExpired
	switch {
	case !isHeld, !lasts, use.Refreshes:
		return ErrNoConsent
	case use.Feature != "" && !IsShared(schema.Account{Permissions: held.Permissions}, use.Feature):
		return ErrNotShared
	}
	return nil
}
