package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/repair"
	"fcpipe/schema/storetest"
)

func TestLockHoldsOneRunAtATime(t *testing.T) {
	dir := t.TempDir()
	first, second := storetest.Open(t, dir), storetest.Open(t, dir)
	release, err := first.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Lock(t.Context()); !errors.Is(err, schema.ErrLocked) || !strings.Contains(err.Error(), "pid ") {
		t.Errorf("locked twice: %v", err)
	}
	if err := first.Journal().RecordReads(journal.Reads{Count: 5}); err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	free, err := second.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = free() }()
	if reads := second.Journal().ReadsSince(time.Time{}, ""); reads != 5 {
		t.Errorf("the second run does not know what the first wrote: %d", reads)
	}
}

// TestUnderTheLockThePublishedFileIsOpenedOnce: until a generation replaces it, which is the one shown then.
func TestUnderTheLockThePublishedFileIsOpenedOnce(t *testing.T) {
	s := storetest.NewWithModels(t)
	shown := func() (published *reader.Reader, accounts int) {
		published, done, err := s.Store.Published(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := published.Database().QueryRowContext(t.Context(), "SELECT count(*) FROM main.accounts").Scan(
			&accounts); err != nil {
			t.Fatal(err)
		}
		if err := done(); err != nil {
			t.Fatal(err)
		}
		return published, accounts
	}
	s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}})
	first, _ := shown()
	if again, _ := shown(); again == first {
		t.Error("without the lock another run may have replaced the file that is shown")
	}
	release, err := s.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first, before := shown()
	if again, _ := shown(); again != first {
		t.Error("the file was opened twice under the lock")
	}
	s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_2")}})
	replaced, after := shown()
	if before != 1 || after != 2 {
		t.Errorf("%d accounts were shown before the round and %d after it", before, after)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if again, _ := shown(); again == replaced {
		t.Error("the file stays open without the lock")
	}
}

// TestWhoFindsTheLockTakenByARepairIsToldOfIt: not of the run before, which is long over.
func TestWhoFindsTheLockTakenByARepairIsToldOfIt(t *testing.T) {
	for _, dryRun := range []bool{true, false} {
		s := storetest.New(t)
		over, err := s.Lock(t.Context())
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
		if _, err := s.Lock(t.Context()); !errors.Is(err, schema.ErrLocked) ||
			!strings.Contains(err.Error(), "since 2026-06-01T13:30:00Z") {
			t.Errorf("dry %v: %v", dryRun, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
