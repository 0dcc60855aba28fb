package plan

import (
	"testing"
	"time"
)

// TestReadsThatLast: how many reads a day can go on for 30 days follows from when those of
// earlier days come back.
func TestReadsThatLast(t *testing.T) {
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		ages func(n int64) int64 // reads of the night n days ago
		want int64
	}{
		"nothing read yet":     {func(int64) int64 { return 0 }, 333},
		"a thirtieth a night":  {func(int64) int64 { return 333 }, 333},
		"a first sync":         {func(n int64) int64 { return map[int64]int64{1: 6000}[n] }, 137},
		"one long ago":         {func(n int64) int64 { return map[int64]int64{25: 6000}[n] }, 333},
		"everything yesterday": {func(n int64) int64 { return map[int64]int64{1: 10_000}[n] }, 0},
	} {
		got := NewCalendar(10_000, func(age time.Duration) (reads int64) {
			for n := int64(1); n <= 30; n++ {
				if time.Duration(n)*day-10*time.Minute <= age {
					reads += test.ages(n)
				}
			}
			return reads
		}).Share(0, 10_000)
		if got != test.want {
			t.Errorf("%s: %d reads a day, want %d", name, got, test.want)
		}
	}
}

// TestCalendar: what a night may read, and when what waits will have been read.
func TestCalendar(t *testing.T) {
	fresh := NewCalendar(10_000, func(time.Duration) int64 { return 0 })
	spent := NewCalendar(10_000, func(age time.Duration) int64 { // all of it, ten nights ago
		if age > 10*24*time.Hour {
			return 10_000
		}
		return 0
	})
	for _, test := range []struct {
		Calendar
		night   int
		reserve int64
		want    int64
	}{
		{fresh, 0, 10, 10_000 - 29*10},
		{fresh, 0, 0, 10_000},
		{fresh, 0, 345, 333},
		{fresh, 5, 10, 10_000 - 29*10},
		{spent, 0, 10, 0},
		{spent, 19, 10, 0},
		{spent, 21, 10, 10_000 - 29*10},
	} {
		if got := test.Share(test.night, test.reserve); got != test.want {
			t.Errorf("night %d, reserve %d: %d, want %d", test.night, test.reserve, got, test.want)
		}
	}
	for _, test := range []struct {
		Calendar
		backlog
		want int
	}{
		{fresh, backlog{reads: 9000, lists: 10, ordinary: 10}, 1},
		{fresh, backlog{reads: 9800, lists: 10, ordinary: 10}, 31}, // until then the reserve is all there is
		{spent, backlog{reads: 100, lists: 10, ordinary: 10}, 20},
		{fresh, backlog{reads: 1_000_000, lists: 10, ordinary: 10}, 0},
	} {
		if got := test.done(test.backlog); got < test.want-1 || got > test.want+1 || got == 0 != (test.want == 0) {
			t.Errorf("%+v: night %d, want %d", test.backlog, got, test.want)
		}
	}
}
