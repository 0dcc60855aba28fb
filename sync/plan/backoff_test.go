package plan

import (
	"testing"
	"time"
)

// TestBackoffGrowsWithRefusals up to a day.
func TestBackoffGrowsWithRefusals(t *testing.T) {
	for _, test := range []struct {
		refusals int
		after    time.Duration
		want     bool
	}{
		{0, 0, false},
		{1, 0, false},
		{2, 14 * time.Minute, true},
		{2, 15 * time.Minute, false},
		{3, 44 * time.Minute, true},
		{3, 45 * time.Minute, false},
		{1000, 24*time.Hour - time.Minute, true},
		{1000, 24 * time.Hour, false},
	} {
		if got := InBackoff(test.refusals, noon, noon.Add(test.after)); got != test.want {
			t.Errorf("%d refusals, %v later: %v", test.refusals, test.after, got)
		}
	}
}
