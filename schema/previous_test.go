package schema

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAsManyGenerationsAreKeptAsConfigured(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.options.KeepGenerations = 2
	s.reopen()
	var files []string
	for n := 1; n <= 4; n++ {
		files = append(files, s.published(n))
	}
	kept := s.previous()
	if len(kept) != 2 || string(readFile(t, kept[0])) != files[1] || string(readFile(t, kept[1])) != files[2] {
		t.Errorf("of four generations, kept %v", kept)
	}
	s.options.KeepGenerations = 0
	s.reopen()
	s.published(5)
	if kept := s.previous(); len(kept) != 0 {
		t.Errorf("kept %v", kept)
	}
}

func TestTheReplacedFileIsKeptBeforeItIsReplaced(t *testing.T) {
	t.Parallel()
	s := newEmptyStore(t)
	first := s.published(1)
	wal := s.Layout().Database() + ".wal"
	if err := os.WriteFile(wal, []byte("of somebody who opened the file for writing"), 0o600); err != nil {
		t.Fatal(err)
	}
	reached := false
	s.hook = func(point string) {
		if point != "publish.before_rename" {
			return
		}
		reached = true
		kept := s.previous()
		if len(kept) != 1 || string(readFile(t, kept[0])) != first || string(readFile(t, s.Layout().Database())) != first {
			t.Errorf("before the rename there is %v", kept)
		}
		if _, err := os.Stat(wal); !errors.Is(err, os.ErrNotExist) {
			t.Error("a write-ahead log would be replayed into the new file")
		}
	}
	if second := s.published(2); !reached || second == first {
		t.Error("nothing was published")
	}
}

// What was replaced last is what can be gone back to, whatever the clock says: it was a year ahead
// for one round, it stands still as in a demo, or somebody keeps a file of their own there.
func TestTheGenerationReplacedLastIsKeptWhateverTheClockSays(t *testing.T) {
	for name, set := range map[string]func(s *testStore, round int){
		"ahead for a round": func(s *testStore, round int) {
			switch round {
			case 2:
				s.clock = s.clock.AddDate(1, 0, 0)
			case 3:
				s.clock = s.clock.AddDate(-1, 0, 0)
			}
		},
		"standing still": func(s *testStore, _ int) {
			s.options.Now = func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }
		},
		"going back": func(s *testStore, _ int) { s.clock = s.clock.Add(-2 * time.Hour) },
		"beside somebody's file": func(s *testStore, _ int) {
			if err := os.WriteFile(filepath.Join(s.Layout().Previous(), "before-the-move.duckdb"), []byte("mine"), 0o600); err != nil {
				s.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTestStore(t)
			replaced := ""
			for round := 1; round <= 5; round++ {
				set(s, round)
				file := s.published(round)
				var kept []string
				for _, path := range s.previous() {
					if content := string(readFile(t, path)); content != "mine" {
						kept = append(kept, content)
					}
				}
				if round > 1 && (len(kept) != 1 || kept[0] != replaced) {
					t.Fatalf("round %d replaced a file that is not the one kept of %v", round, s.previous())
				}
				replaced = file
			}
		})
	}
}

// Two repairs at one instant, as a demo's clock has it, set aside what each finds; going back on
// purpose keeps the file of now, at the instant it was published too.
func TestRepairsAtOneInstantKeepWhatEachSetsAside(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.published(1)
	s.published(2)
	for range 2 {
		s.damage()
		s.repair()
	}
	if aside, err := filepath.Glob(filepath.Join(s.Layout().damaged(), "*", "fcpipe.duckdb")); err != nil || len(aside) != 2 {
		t.Errorf("set aside: %v, %v", aside, err)
	}
	now := s.published(3)
	kept := s.previous()
	s.clock = replacedAt(kept[0])
	r, err := OpenRepair(s.options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Run(t.Context(), filepath.Base(kept[0])), r.Close()); err != nil {
		t.Fatal(err)
	}
	held := false
	err = filepath.WalkDir(s.Layout().State(), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			held = held || string(readFile(t, path)) == now
		}
		return err
	})
	if err != nil || !held {
		t.Errorf("the file that was gone back from is not kept: %v", err)
	}
}

// A publish that does not come to its rename has taken nothing that could be gone back to, and
// kept the file that is published still; the next one keeps as many as are configured again.
func TestAPublishThatFailsTakesNoGenerationWithIt(t *testing.T) {
	published := newTestStore(t)
	first, second := published.published(1), published.published(2)
	third := Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_3", "fca_1", -3, 3)}}
	for name, attempt := range map[string]func(s *testStore){
		"it fails": func(s *testStore) {
			s.hook = func(point string) {
				if point == "publish.before_rename" {
					if err := os.Remove(s.Layout().Next()); err != nil {
						s.t.Error(err)
					}
				}
			}
			defer func() { s.hook = func(string) {} }()
			s.land(third)
			landing, err := s.Landing(s.t.Context())
			if err != nil {
				s.t.Fatal(err)
			}
			if _, err := s.publish(landing); !errors.Is(err, os.ErrNotExist) {
				s.t.Fatalf("published: %v", err)
			}
		},
		"it is killed": func(s *testStore) { s.roundStopped("publish.before_rename", third) },
		"it is killed, and the directory copied": func(s *testStore) {
			s.roundStopped("publish.before_rename", third)
			newest := s.previous()[1]
			content := readFile(s.t, newest)
			if err := errors.Join(os.Remove(newest), os.WriteFile(newest, content, 0o600)); err != nil {
				s.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := published.copied(t)
			for range 2 {
				s.clock = s.clock.Add(time.Hour)
				attempt(s)
				kept := s.previous()
				if len(kept) != 2 || string(readFile(t, kept[0])) != first || string(readFile(t, kept[1])) != second {
					t.Fatalf("of two generations and a publish that did not end, %v are kept", kept)
				}
			}
			s.published(4)
			if kept := s.previous(); len(kept) != 1 || string(readFile(t, kept[0])) != second {
				t.Errorf("kept %v", kept)
			}
		})
	}
}

// A bit turned over in the published file, in one block after the other. No round takes it over into a
// generation that takes the place of the last one without it, also where it reads nothing of the block.
func TestNoGenerationTakesRottenBlocksOver(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.published(1)
	s.published(2)
	change(t, s.Layout().Database(), []string{ // rows that no round reads
		"INSERT INTO meta.quarantine SELECT uuid(), 'transaction', 1, 0, 'amount', uuid(), NULL, watermark, 'run-1' FROM meta.store, range(100000)", "CHECKPOINT",
	})
	published, kept := readFile(t, s.Layout().Database()), s.previous()[0]
	before := readFile(t, kept)
	late := Landed{Accounts: []Account{testAccount("fca_9")}}
	s.land(late)
	refused, middles := 0, blockMiddles(published)
	stride := 1
	if !*proof {
		stride = max(1, len(middles)/8)
	}
	for id := 0; id < len(middles); id += stride {
		rotten := bytes.Clone(published)
		rotten[middles[id]] ^= 1
		if err := os.WriteFile(s.Layout().Database(), rotten, 0o600); err != nil {
			t.Fatal(err)
		}
		if damage, err := CheckBlocks(t.Context(), s.Layout().Database()); err != nil {
			t.Fatal(err)
		} else if len(damage) == 0 {
			continue // free: nobody reads it
		}
		s.clock = s.clock.Add(time.Hour)
		landing, err := s.Landing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.publish(landing)
		switch damage, broken := CheckBlocks(t.Context(), s.Layout().Database()); {
		case err == nil && (broken != nil || len(damage) > 0):
			t.Fatalf("published with block %d: %v, %v", id, damage, broken)
		case err == nil: // the round wrote that block anew
			s.land(late)
			if err := errors.Join(os.Remove(s.previous()[0]), os.WriteFile(kept, before, 0o600)); err != nil {
				t.Fatal(err)
			}
		case !bytes.Equal(readFile(t, kept), before):
			t.Fatalf("the last whole generation is gone, by a round that ended with %v", err)
		case strings.Contains(err.Error(), "fails its checksum; \"fcpipe verify"):
			refused++
		}
	}
	if refused == 0 {
		t.Error("every block was read by the round: nothing was tried")
	}
	t.Logf("%d of %d blocks were refused", refused, (len(middles)+stride-1)/stride)
	if err := os.WriteFile(s.Layout().Database(), published, 0o600); err != nil {
		t.Fatal(err)
	}
	s.round()
	s.want("SELECT count(*) FROM main.accounts WHERE account_id = 'fca_9'", "1")
}

// TestTheFileThatIsGoneBackFromIsKept: for as long as nobody removes it. Later rounds remove
// generations, and it is none.
func TestTheFileThatIsGoneBackFromIsKept(t *testing.T) {
	s := newTestStore(t)
	for n := range 3 {
		s.published(n + 1)
	}
	now := readFile(t, s.Layout().Database())
	s.clock = s.clock.Add(time.Minute)
	r, err := OpenRepair(s.options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Run(t.Context(), filepath.Base(s.previous()[0])), r.Close()); err != nil {
		t.Fatal(err)
	}
	kept := r.Aside("fcpipe.duckdb")
	if what := r.Steps[0].What; !strings.HasPrefix(what, "kept as state/damaged/") || len(r.Steps) != 1 {
		t.Errorf("it says: %+v", r.Steps)
	}
	s.want("SELECT count(*) FROM main.transactions", "2")
	if s.journal, err = OpenJournal(s.Layout().Journal()); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		s.published(n + 4)
		if got := readFile(t, kept); !bytes.Equal(got, now) {
			t.Errorf("round %d: %d bytes are kept, the file had %d", n, len(got), len(now))
		}
	}
}

// The last generation is all that is left: a round that began anew would remove it with the next publish.
func TestAFileThatIsGoneIsNotBegunAnewBesideItsLastGeneration(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.round(completed(0, 1))
	s.round(completed(1, 2))
	if err := os.Remove(s.Layout().Database()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.State(t.Context()); !errors.Is(err, ErrFileGone) {
		t.Errorf("the state of a file that is gone: %v", err)
	}
	hidden := s.Layout().Previous() + ".hidden"
	if err := errors.Join(os.Rename(s.Layout().Previous(), hidden), os.WriteFile(s.Layout().Previous(), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if state, err := s.State(t.Context()); err == nil {
		t.Errorf("a directory that cannot be read holds nothing to go back to: %+v", state)
	}
	if err := errors.Join(os.Remove(s.Layout().Previous()), os.Rename(hidden, s.Layout().Previous())); err != nil {
		t.Fatal(err)
	}
	s.repair()
	if _, err := s.State(t.Context()); err != nil {
		t.Error(err)
	}
	s.want("SELECT string_agg(transaction_id, ',' ORDER BY transaction_id) FROM main.transactions", "fctxn_1")
}
