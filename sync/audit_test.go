package sync

import (
	"testing"
	"time"
)

// TestAuditsAtOnceIsAShareOfAnyNumberOfAccounts: it is one at least and never too large a number.
func TestAuditsAtOnceIsAShareOfAnyNumberOfAccounts(t *testing.T) {
	for _, test := range []struct {
		accounts int
		every    time.Duration
		want     int
	}{
		{0, 30 * 24 * time.Hour, 1},
		{3, 30 * 24 * time.Hour, 1},
		{100, 48 * time.Hour, 101},
		{60_000, 30 * 24 * time.Hour, 4001},
		{10_000_000, 7 * 24 * time.Hour, 2_857_143},
		{60_000, time.Nanosecond, 60_001},
	} {
		if got := auditsAtOnce(test.accounts, test.every); got != test.want {
			t.Errorf("%d accounts every %v: %d at once, want %d", test.accounts, test.every, got, test.want)
		}
	}
}
