package round_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"fcpipe/sync/simulator"
)

// TestARoundAsksTheStoreForRoomBeforeItBuys: the error says what is needed, what is free, and where.
func TestARoundAsksTheStoreForRoomBeforeItBuys(t *testing.T) {
	t.Parallel()
	w := newStoredWorld(t, simulator.Config{
		Seed: 11, Accounts: 3, Holders: 2, HistoryDays: 60, RowsPerAccount: 130,
		Calm: true, Linked: true,
	})
	w.server.Advance(25 * time.Hour)
	w.free = 65 << 20 // more than an empty file takes, less than what three first readings may bring
	report, _, err := w.round()
	if !errors.Is(err, unix.ENOSPC) || report.Writes != 0 || report.Pages != 0 {
		t.Fatalf("%d purchases, %d pages: %v", report.Writes, report.Pages, err)
	}
	for _, part := range []string{w.store.Layout().State(), "has 68157440 bytes free (65 MiB)", "the round needs 76"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
}
