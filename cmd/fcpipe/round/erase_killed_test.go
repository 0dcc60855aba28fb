package round_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema/erase"
	"fcpipe/schema/journal"
	"fcpipe/schema/storetest"
)

var proof = storetest.Proof

// killedAt are the named points of an erasure at which it is killed, with the hit, and whether make test does so.
var killedAt = []struct {
	point string
	hit   int
	usual bool
}{
	{"erase.tombstone", 1, false},
	{"erase.planned", 1, true}, // what landed of the person is merged by the round in between
	{"landing.rewritten", 1, false},
	{"erase.landing", 1, false},
	{"erase.quarantine", 1, false},
	{"merge.committed", 1, false},
	{"derive.done", 1, false},
	{"publish.checkpointed", 1, false},
	{"publish.before_rename", 1, false},
	{"publish.renamed", 1, false},
	{"erase.journal", 1, false},
	{"erase.state", 1, false},
	{"export.files.durable", 1, false},
	{"export.manifest.written", 1, false},
	{"export.pointer.written", 1, false},
	{"export.view.built", 1, false},
	{"export.view.switched", 1, false},
	{"export.retired", 1, false},
	{"erase.scanned", 1, false},
	{"erase.receipt", 1, false},
	{"publish.renamed", 2, false},
	{"erase.done", 1, false},
}

var errAtPoint = errors.New("killed at a point")

// killed runs an erasure that is killed at a point, as kill -9 would there.
func (w *canaryWorld) killed(point string, hit int) {
	w.t.Helper()
	w.reached = func(reached string) {
		if reached == point {
			if hit--; hit == 0 {
				panic(errAtPoint)
			}
		}
	}
	defer func() {
		w.reached = func(string) {}
		if recovered := recover(); recovered != any(errAtPoint) {
			w.t.Fatalf("was not killed at %s: %v", point, recovered)
		}
	}()
	_, err := w.round().Erase(w.t.Context(), goneSubject)
	w.t.Errorf("ended: %v", err)
}

// copied is the world in a copy of its data directory: what DuckDB keeps open of one that was killed is not in it.
func (w *canaryWorld) copied(t *testing.T) *canaryWorld {
	t.Helper()
	return w.copiedTo(t, filepath.Join(t.TempDir(), "data"))
}

// copiedTo is copied in a directory that is not there.
func (w *canaryWorld) copiedTo(t *testing.T, dir string) *canaryWorld {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "cp", "-a", w.store.Layout().Dir, dir).CombinedOutput()
	if err != nil {
		t.Fatalf("cp: %v: %s", err, said)
	}
	copied := &canaryWorld{
		t: t, now: w.now, rounds: w.rounds, recorded: w.recorded,
		canaries: slices.Clone(w.canaries), rows: slices.Clone(w.rows),
		reached: func(string) {},
	}
	copied.open(dir)
	return copied
}

// TestAnErasureThatIsKilledCompletes, in three acts: it is killed at a point; a round comes in between, which brings
// nothing back; the erasure is asked for again, and not a byte is left. The other person's rows are whole.
func TestAnErasureThatIsKilledCompletes(t *testing.T) {
	t.Parallel()
	prepared := preparedCanaries(t).copied(t)
	before := prepared.othersRows()
	t.Run("in_turn", prepared.killedInTurn)
	for _, at := range killedAt {
		if !at.usual && !*proof {
			continue
		}
		t.Run(strings.ReplaceAll(at.point, ".", "_")+"_"+strconv.Itoa(at.hit), func(t *testing.T) {
			t.Parallel()
			first := prepared.copied(t)
			first.killed(at.point, at.hit)
			second := first.copied(t)
			second.roundBetween()
			done, err := second.round().Erase(t.Context(), goneSubject)
			second.must(err)
			if done.Record.Receipt == nil {
				t.Fatal("no receipt")
			}
			second.wantErased()
			const versions = "main.transaction_versions"
			if after := second.othersRows()[versions]; !strings.HasPrefix(before[versions], "90 ") ||
				!strings.HasPrefix(after, "120 ") {
				t.Errorf("rows of the other person: %s became %s", before[versions], after)
			}
		})
	}
}

// killedInTurn: killed at one step after the other, the attempts of an erasure have done together what one that is not
// killed does, and the receipt says so.
func (w *canaryWorld) killedInTurn(t *testing.T) {
	_, erased := preparedErasure(t)
	want := erased.Record.Receipt.Counts
	for _, name := range []string{
		"files_landing", "files_quarantine", "files_lake_written", "files_lake_removed", "journal_records",
	} {
		if want[name] == 0 {
			t.Errorf("an erasure that is not killed says %s 0: %v", name, want)
		}
	}
	// once a file was renamed, earlier generations are still there
	points := []string{"erase.quarantine", "publish.renamed", "export.retired"}
	if *proof {
		points = []string{
			"erase.planned", "landing.rewritten", "erase.landing", "erase.quarantine", "publish.renamed",
			"erase.journal", "erase.state", "export.files.durable", "export.retired", "erase.scanned",
		}
	}
	w = w.copied(t)
	for _, point := range points {
		w.killed(point, 1)
		w = w.copied(t)
	}
	done, err := w.round().Erase(t.Context(), goneSubject)
	w.must(err)
	got := done.Record.Receipt.Counts
	for name, n := range want {
		if !strings.HasPrefix(name, "scanned_") && got[name] != n {
			t.Errorf("%s is %d, want %d", name, got[name], n)
		}
	}
	w.wantErased()
}

// roundBetween is an ordinary round of people who share accounts: both land again, as a round that began before the
// tombstone may have left it, and what landed is merged.
func (w *canaryWorld) roundBetween() {
	w.t.Helper()
	w.recorded = []string{otherAccount}
	w.rounds++
	w.publish()
	w.read(w.wantNothingCameBack)
}

// TestAnErasureIsCompletedByTheNextRound, and by the command without a subject.
func TestAnErasureIsCompletedByTheNextRound(t *testing.T) {
	storetest.ForProof(t)
	t.Parallel()
	planned := preparedCanaries(t).copied(t)
	planned.completedByRound("erase.planned")
	byCommand := planned.copied(t)
	done, err := byCommand.round().Erase(t.Context(), erase.Subject{})
	byCommand.must(err)
	if !done.WasThere || done.Record.Reason != round.ByRequest {
		t.Errorf("%+v", done)
	}
	byCommand.wantErased()
	planned.anotherFirst(t)
}

// completedByRound: an erasure that was killed at a point is completed by the next round, in a copy of the world, which
// it returns.
func (w *canaryWorld) completedByRound(point string) *canaryWorld {
	w.t.Helper()
	w.killed(point, 1)
	byRound := w.copied(w.t)
	byRound.must(byRound.round().EraseDue(w.t.Context()))
	byRound.wantErased()
	return byRound
}

// anotherFirst: who is erased while the erasure of another person waits to be completed gets a receipt of their own,
// and so does the one who waited.
func (w *canaryWorld) anotherFirst(t *testing.T) {
	w = w.copied(t)
	done, err := w.round().Erase(t.Context(), erase.Subject{Kind: journal.SubjectHolder, ID: otherHolder})
	w.must(err)
	first := done.First
	if first == nil || !first.WasThere || first.Record.Receipt == nil || done.WasThere || done.Record.Receipt == nil ||
		first.Record.ErasureID == done.Record.ErasureID || done.Plan.Subject.ID != otherHolder {
		t.Fatalf("%+v, first %+v", done, first)
	}
	if done.Record.Receipt.Counts["transactions"] == first.Record.Receipt.Counts["transactions"] {
		t.Errorf("both say %v", done.Record.Receipt.Counts)
	}
	if n := w.count("SELECT count(*) FROM main.accounts"); n != 0 {
		t.Errorf("%d accounts are left", n)
	}
	w.wantWhole()
}
