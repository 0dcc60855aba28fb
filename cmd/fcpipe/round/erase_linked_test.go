package round_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema/erase"
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

// TestAnErasureSearchesWhatLinksLeadTo: a copy of a name on the lake's disk, and one in the data directory, are found
// and named once each. Once they are gone, the command without a subject completes the erasure.
func TestAnErasureSearchesWhatLinksLeadTo(t *testing.T) {
	w := linkedWorld(t)
	for _, name := range []string{"lake/notes.txt", "notes.txt"} {
		w.must(os.WriteFile(filepath.Join(w.store.Layout().Dir, name), []byte("about "+goneFirst), 0o600))
	}
	_, err := w.round().Erase(t.Context(), goneSubject)
	var left *erase.LeftError
	if !errors.As(err, &left) || !slices.Equal(left.Files, []string{"lake/notes.txt", "notes.txt"}) {
		t.Fatalf("ended: %v", err)
	}
	if err.Error() != "lake/notes.txt, notes.txt still hold what was erased" {
		t.Errorf("says: %v", err)
	}
	w.must(os.Remove(filepath.Join(w.store.Layout().Dir, "notes.txt")))
	w.must(os.Remove(filepath.Join(w.store.Layout().Dir, "lake/notes.txt")))
	done, err := w.round().Erase(t.Context(), erase.Subject{})
	w.must(err)
	if !done.WasThere || done.Record.Reason != round.ByRequest {
		t.Errorf("%+v", done)
	}
	w.wantErased()
}

// TestATextThatBothLandedIsNotLeft: a text that both people have, and that no round has merged yet, stays in landing as
// that of the other person. It is no reason to end without a receipt.
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
	done, err := w.round().Erase(t.Context(), goneSubject)
	w.must(err)
	if done.Record.Receipt == nil {
		t.Error("no receipt")
	}
	isInLanding := func(file string) bool { return strings.HasPrefix(file, "state/landing/") }
	if files := w.filesWith(shared)[shared]; !slices.ContainsFunc(files, isInLanding) {
		t.Errorf("landing has lost what the other person has: %v", files)
	}
}
