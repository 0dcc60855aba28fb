package round_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// linkedWorld is a canary world whose data directory is reached by a link, and whose lake lies on a disk of its own.
func linkedWorld(t *testing.T) *canaryWorld {
	t.Helper()
	root := t.TempDir()
	w := preparedCanaries(t).copiedTo(t, filepath.Join(root, "real"))
	disk, link := filepath.Join(root, "disk"), filepath.Join(root, "link")
	w.must(os.Rename(filepath.Join(root, "real", "lake"), disk))
	w.must(os.Symlink(disk, filepath.Join(root, "real", "lake")))
	w.must(os.Symlink("real", link))
	w.open(link)
	return w
}

// TestATextThatBothLandedIsNotLeft: a text that both people have, and that no round has merged yet, stays in landing as
// that of the other person. It is no reason to end without a receipt, here that of the next round: the erasure was
// killed when its tombstone alone was durable, so that whom it names is found by what is held.
func TestATextThatBothLandedIsNotLeft(t *testing.T) {
	w := preparedCanaries(t).copied(t)
	const shared = "BOTH WERE HERE TODAY 777"
	landed, err := w.store.Landing(t.Context())
	w.must(err)
	for _, id := range []string{goneFirst, otherAccount} {
		rows := w.rowsOf(id)
		rows.Quarantined = nil
		rows.Transactions = rows.Transactions[:1]
		rows.Transactions[0].TransactionID += "Late"
		rows.Transactions[0].Description = shared
		w.must(landed.Land(t.Context(), rows))
	}
	w.must(landed.Seal(t.Context()))
	landed.Close()
	w = w.completedByRound("erase.tombstone")
	isInLanding := func(file string) bool { return strings.HasPrefix(file, "state/landing/") }
	if files := w.filesWith(shared)[shared]; !slices.ContainsFunc(files, isInLanding) {
		t.Errorf("landing has lost what the other person has: %v", files)
	}
}
