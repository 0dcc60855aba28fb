package sync

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// TestNothingIsBoughtThatTheDiskCannotHold: no purchase is announced or sent, no row is read. With
// room for it the round goes on.
func TestNothingIsBoughtThatTheDiskCannotHold(t *testing.T) {
	w := newFaultWorld(t)
	room, asked := int64(3000), int64(0) // less than three first readings may bring, with what is bought beside them
	w.change = func(o *Options) {
		o.CheckSpace = func(rows int64) error {
			if asked = rows; rows > room {
				return unix.ENOSPC
			}
			return nil
		}
	}
	report, _, err := w.round()
	if !errors.Is(err, unix.ENOSPC) || report.Writes != 0 || report.Pages != 0 || len(w.journal.OpenIntents()) != 0 {
		t.Fatalf("%d purchases, %d pages: %v", report.Writes, report.Pages, err)
	}
	if want := int64(3*firstRows + 3); asked != want { // and three balances
		t.Errorf("asked for room for %d rows, want %d", asked, want)
	}
	room = asked
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
	w.change = func(o *Options) {
		quietly(o)
		o.CheckSpace = func(int64) error { return unix.ENOSPC }
	}
	report, _, err := w.round()
	if w.must(err); !report.Complete {
		t.Errorf("%+v", report.Accounts)
	}
}
