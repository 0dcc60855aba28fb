package sync

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestNothingIsBoughtThatTheDiskCannotHold: no purchase is announced or sent, no row is read; the
// error says what is needed, what is free, and where. With room for it the round goes on.
func TestNothingIsBoughtThatTheDiskCannotHold(t *testing.T) {
	w := newFaultWorld(t)
	w.free = 65 << 20 // more than an empty file takes, less than what three first readings may bring
	report, _, err := w.round()
	if !errors.Is(err, unix.ENOSPC) || report.Writes != 0 || report.Pages != 0 || len(w.store.Journal().OpenIntents()) != 0 {
		t.Fatalf("%d purchases, %d pages: %v", report.Writes, report.Pages, err)
	}
	for _, part := range []string{w.store.Layout().State(), "has 68157440 bytes free (65 MiB)", "the round needs 76"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
	w.free = 0
	report, _, err = w.round()
	if w.must(err); !report.Complete || report.Writes == 0 {
		t.Errorf("%+v", report.Accounts)
	}
	w.wantTruth()
}

// TestNothingNewNeedsNoSpace: a round that neither buys nor reads goes well on a full disk.
func TestNothingNewNeedsNoSpace(t *testing.T) {
	w := newFaultWorld(t)
	w.change = quietly
	_, _, err := w.round()
	w.must(err)
	w.free = 1
	report, _, err := w.round()
	if w.must(err); !report.Complete {
		t.Errorf("%+v", report.Accounts)
	}
}
