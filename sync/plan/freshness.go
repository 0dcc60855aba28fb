package plan

import (
	"time"

	"fcpipe/schema"
)

// IsMonitored reports whether a feature of an account that is held is to be kept fresh, so that it is missed
// when it is not. Purchases that may not be made do not count.
func (p Policy) IsMonitored(a schema.Account, feature string, livemode bool) bool {
	return p.Of(feature).Mode != ModeOff && Unusable(a, feature) == "" && (!livemode || p.MaxPerMonth != nil)
}

// IsStale reports whether a feature that was complete at an instant is older than twice its interval.
func (p Policy) IsStale(feature string, since, now time.Time) bool {
	return now.Sub(since) > 2*p.Of(feature).Every
}
