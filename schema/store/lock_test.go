package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/repair"
	"fcpipe/schema/storetest"
)

func TestLockHoldsOneRunAtATime(t *testing.T) {
	dir := t.TempDir()
	first, second := storetest.Open(t, dir), storetest.Open(t, dir)
	release, err := first.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Lock(); !errors.Is(err, schema.ErrLocked) || !strings.Contains(err.Error(), "pid ") {
		t.Errorf("locked twice: %v", err)
	}
	if err := first.Journal().RecordReads(journal.Reads{Count: 5}); err != nil {
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
		s := storetest.New(t)
		over, err := s.Lock()
		if err != nil {
			t.Fatal(err)
		}
		if err := over(); err != nil {
			t.Fatal(err)
		}
		options := s.Options
		options.Now = func() time.Time { return s.Clock.Add(90 * time.Minute) }
		r, err := repair.Open(options, dryRun)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Lock(); !errors.Is(err, schema.ErrLocked) ||
			!strings.Contains(err.Error(), "since 2026-06-01T13:30:00Z") {
			t.Errorf("dry %v: %v", dryRun, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
