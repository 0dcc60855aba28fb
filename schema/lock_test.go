package schema

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestLockHoldsOneRunAtATime(t *testing.T) {
	dir := t.TempDir()
	first, second := openTestStore(t, dir), openTestStore(t, dir)
	release, err := first.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Lock(); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "pid ") {
		t.Errorf("locked twice: %v", err)
	}
	if err := first.Journal().RecordReads(Reads{Count: 5}); err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	free, err := second.Lock()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = free() }()
	if reads := second.Journal().ReadsSince(time.Time{}, ""); reads != 5 {
		t.Errorf("the second run does not know what the first wrote: %d", reads)
	}
}

// TestWhoFindsTheLockTakenByARepairIsToldOfIt: not of the run before, which is long over.
func TestWhoFindsTheLockTakenByARepairIsToldOfIt(t *testing.T) {
	for _, dryRun := range []bool{true, false} {
		s := newTestStore(t)
		over, err := s.Lock()
		if err != nil {
			t.Fatal(err)
		}
		if err := over(); err != nil {
			t.Fatal(err)
		}
		options := s.options
		options.Now = func() time.Time { return s.clock.Add(90 * time.Minute) }
		r, err := OpenRepair(options, dryRun)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Lock(); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "since 2026-06-01T13:30:00Z") {
			t.Errorf("dry %v: %v", dryRun, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
