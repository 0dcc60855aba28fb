package store_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/repair"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

func TestAsManyGenerationsAreKeptAsConfigured(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 1) // which keeps the template
	s.Options.KeepGenerations = 2
	s.Reopen()
	files := []string{string(storetest.ReadFile(t, s.Layout().Database())), s.Published(2)}
	s.Published(3)
	kept := s.Previous()
	if len(kept) != 2 || string(storetest.ReadFile(t, kept[0])) != files[0] ||
		string(storetest.ReadFile(t, kept[1])) != files[1] {
		t.Errorf("of four generations, kept %v", kept)
	}
	s.Options.KeepGenerations = 0
	s.Reopen()
	s.Published(4)
	if kept := s.Previous(); len(kept) != 0 {
		t.Errorf("kept %v", kept)
	}
}

func TestTheReplacedFileIsKeptBeforeItIsReplaced(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 1)
	first := string(storetest.ReadFile(t, s.Layout().Database()))
	wal := s.Layout().Database() + ".wal"
	if err := os.WriteFile(wal, []byte("of a program that opened the file for writing"), 0o600); err != nil {
		t.Fatal(err)
	}
	reached := false
	s.Hook = func(point string) {
		if point != "publish.before_rename" {
			return
		}
		reached = true
		kept := s.Previous()
		if len(kept) != 2 || string(storetest.ReadFile(t, kept[1])) != first || // behind the template
			string(storetest.ReadFile(t, s.Layout().Database())) != first {
			t.Errorf("before the rename there is %v", kept)
		}
		if _, err := os.Stat(wal); !errors.Is(err, os.ErrNotExist) {
			t.Error("a write-ahead log would be replayed into the new file")
		}
	}
	if second := s.Published(2); !reached || second == first {
		t.Error("nothing was published")
	}
}

// What was replaced last is what can be gone back to, whatever the clock says: it was a year ahead
// for one round, it stands still as in a demo, or the user keeps a file of their own there.
func TestTheGenerationReplacedLastIsKeptWhateverTheClockSays(t *testing.T) {
	for name, set := range map[string]func(s *storetest.Store, round int){
		"ahead for a round": func(s *storetest.Store, round int) {
			switch round {
			case 2:
				s.Clock = s.Clock.AddDate(1, 0, 0)
			case 3:
				s.Clock = s.Clock.AddDate(-1, 0, 0)
			}
		},
		"standing still, beside a file of the user's": func(s *storetest.Store, round int) {
			if round == 2 {
				now := s.Clock
				s.Options.Now = func() time.Time { return now }
				s.Reopen()
			}
			if err := os.WriteFile(filepath.Join(s.Layout().Previous(), "before-the-move.duckdb"), []byte("mine"),
				0o600); err != nil {
				s.T.Fatal(err)
			}
		},
		"going back": func(s *storetest.Store, _ int) { s.Clock = s.Clock.Add(-2 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			if name == "going back" {
				storetest.ForProof(t)
			}
			t.Parallel()
			s := storetest.PublishedTimes(t, 1)
			replaced := string(storetest.ReadFile(t, s.Layout().Database()))
			last := 3
			if name == "ahead for a round" {
				last = 4 // the file of that round is replaced in the next one
			}
			for round := 2; round <= last; round++ {
				set(s, round)
				file := s.Published(round)
				var kept []string
				for _, path := range s.Previous() {
					if content := string(storetest.ReadFile(t, path)); content != "mine" {
						kept = append(kept, content)
					}
				}
				if len(kept) != 1 || kept[0] != replaced {
					t.Fatalf("round %d replaced a file that is not the one kept of %v", round, s.Previous())
				}
				replaced = file
			}
		})
	}
}

// Two repairs at one instant, as a demo's clock has it, archive what each finds; going back on
// purpose keeps the file of now, at the instant it was published too.
func TestRepairsAtOneInstantKeepWhatEachSetsAside(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 2)
	for range 2 {
		s.Damage()
		s.Repair()
	}
	if archived, err := filepath.Glob(filepath.Join(s.Layout().Damaged(), "*", "fcpipe.duckdb")); err != nil ||
		len(archived) != 2 {
		t.Errorf("archived: %v, %v", archived, err)
	}
	now := s.Published(3)
	kept := s.Previous()
	s.Clock = store.ReplacedAt(kept[0])
	r, err := repair.Open(s.Options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Run(t.Context(), filepath.Base(kept[0])), r.Close()); err != nil {
		t.Fatal(err)
	}
	held := false
	err = filepath.WalkDir(s.Layout().State(), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			held = held || string(storetest.ReadFile(t, path)) == now
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
	published := storetest.PublishedTimes(t, 2)
	first := string(storetest.ReadFile(t, published.Previous()[0]))
	second := string(storetest.ReadFile(t, published.Layout().Database()))
	third := schema.Landed{
		Accounts:     []schema.Account{storetest.Account("fca_1")},
		Transactions: []schema.Transaction{storetest.Transaction("fctxn_3", "fca_1", -3, 3)},
	}
	for name, attempt := range map[string]func(s *storetest.Store){
		"it fails": func(s *storetest.Store) {
			s.Hook = func(point string) {
				if point == "publish.before_rename" {
					if err := os.Remove(s.Layout().Next()); err != nil {
						s.T.Error(err)
					}
				}
			}
			defer func() { s.Hook = func(string) {} }()
			s.Land(third)
			landing, err := s.Landing(s.T.Context())
			if err != nil {
				s.T.Fatal(err)
			}
			if _, err := s.Publish(landing); !errors.Is(err, os.ErrNotExist) {
				s.T.Fatalf("published: %v", err)
			}
		},
		"it is killed": func(s *storetest.Store) { s.RoundStopped("publish.before_rename", third) },
		"it is killed, and the directory copied": func(s *storetest.Store) {
			s.RoundStopped("publish.before_rename", third)
			newest := s.Previous()[1]
			content := storetest.ReadFile(s.T, newest)
			if err := errors.Join(os.Remove(newest), os.WriteFile(newest, content, 0o600)); err != nil {
				s.T.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "it is killed" {
				storetest.ForProof(t) // and the directory copied: that begins alike
			}
			t.Parallel()
			s := published.Copied(t)
			attempts := 2
			if name == "it fails" && !*proof {
				attempts = 1 // the one that is killed and copied is tried again
			}
			for range attempts {
				s.Clock = s.Clock.Add(time.Hour)
				attempt(s)
				kept := s.Previous()
				if len(kept) != 2 || string(storetest.ReadFile(t, kept[0])) != first ||
					string(storetest.ReadFile(t, kept[1])) != second {
					t.Fatalf("of two generations and a publish that did not end, %v are kept", kept)
				}
			}
			s.Published(4)
			if kept := s.Previous(); len(kept) != 1 || string(storetest.ReadFile(t, kept[0])) != second {
				t.Errorf("kept %v", kept)
			}
		})
	}
}

// A bit turned over in the published file, in one block after the other. No round takes it over into a
// generation that takes the place of the last one without it, also where it reads nothing of the block.
func TestNoGenerationTakesRottenBlocksOver(t *testing.T) {
	t.Parallel()
	s := storetest.PublishedTimes(t, 2)
	storetest.Change(t, s.Layout().Database(), []string{ // rows that no round reads
		"INSERT INTO meta.quarantine SELECT uuid(), 'transaction', 1, 0, 'amount', uuid(), NULL, watermark, 'run-1' " +
			"FROM meta.store, range(25000)",
		"CHECKPOINT",
	})
	published, kept := storetest.ReadFile(t, s.Layout().Database()), s.Previous()[0]
	before := storetest.ReadFile(t, kept)
	late := schema.Landed{Accounts: []schema.Account{storetest.Account("fca_9")}}
	s.Land(late)
	tried, stopped, refused, middles := 0, 0, 0, storetest.BlockMiddles(published)
	for _, id := range rand.New(rand.NewPCG(uint64(len(middles)), 1)).Perm(len(middles)) {
		if !*proof && refused > 0 && stopped > 0 {
			break // one that the round reads and one that it does not; make proof tries every block
		}
		rotten := bytes.Clone(published)
		rotten[middles[id]] ^= 1
		if err := os.WriteFile(s.Layout().Database(), rotten, 0o600); err != nil {
			t.Fatal(err)
		}
		if damage, err := duck.CheckBlocks(t.Context(), s.Layout().Database()); err != nil {
			t.Fatal(err)
		} else if len(damage) == 0 {
			continue // free: nothing reads it
		}
		tried++
		s.Clock = s.Clock.Add(time.Hour)
		landing, err := s.Landing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Publish(landing)
		switch damage, broken := duck.CheckBlocks(t.Context(), s.Layout().Database()); {
		case err == nil && (broken != nil || len(damage) > 0):
			t.Fatalf("published with block %d: %v, %v", id, damage, broken)
		case err == nil: // the round wrote that block again
			s.Land(late)
			if err := errors.Join(os.Remove(s.Previous()[0]), os.WriteFile(kept, before, 0o600)); err != nil {
				t.Fatal(err)
			}
		case !bytes.Equal(storetest.ReadFile(t, kept), before):
			t.Fatalf("the last whole generation is gone, by a round that ended with %v", err)
		case strings.Contains(err.Error(), "fails its checksum; \"fcpipe verify"):
			refused++
		default:
			stopped++
		}
	}
	if refused == 0 {
		t.Error("every block was read by the round: nothing was tried")
	}
	t.Logf("%d of %d blocks were refused", refused, tried)
	if err := os.WriteFile(s.Layout().Database(), published, 0o600); err != nil {
		t.Fatal(err)
	}
	s.Round()
	s.Want("SELECT count(*) FROM main.accounts WHERE account_id = 'fca_9'", "1")
}

// TestTheFileThatIsGoneBackFromIsKept: until the user removes it. Later rounds remove
// generations, and it is none.
func TestTheFileThatIsGoneBackFromIsKept(t *testing.T) {
	storetest.ForProof(t)
	s := storetest.PublishedTimes(t, 3)
	now := storetest.ReadFile(t, s.Layout().Database())
	s.Clock = s.Clock.Add(time.Minute)
	r, err := repair.Open(s.Options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Run(t.Context(), filepath.Base(s.Previous()[0])), r.Close()); err != nil {
		t.Fatal(err)
	}
	kept := r.ArchivePath("fcpipe.duckdb")
	if what := r.Steps[0].What; !strings.HasPrefix(what, "kept as state/damaged/") || len(r.Steps) != 1 {
		t.Errorf("it says: %+v", r.Steps)
	}
	s.Want("SELECT count(*) FROM main.transactions", "2")
	s.Reopen()
	for n := range 2 {
		s.Published(n + 4)
		if got := storetest.ReadFile(t, kept); !bytes.Equal(got, now) {
			t.Errorf("round %d: %d bytes are kept, the file had %d", n, len(got), len(now))
		}
	}
}

// The last generation is all that is left: a round that started with an empty file would remove it with the next
// publish.
func TestAFileThatIsGoneIsNotBegunAnewBesideItsLastGeneration(t *testing.T) {
	t.Parallel()
	s := storetest.CompletedTimes(t, 2)
	if err := os.Remove(s.Layout().Database()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.State(t.Context()); !errors.Is(err, schema.ErrPublishedMissing) {
		t.Errorf("the state of a file that is gone: %v", err)
	}
	hidden := s.Layout().Previous() + ".hidden"
	if err := errors.Join(
		os.Rename(s.Layout().Previous(), hidden), os.WriteFile(s.Layout().Previous(), nil, 0o600),
	); err != nil {
		t.Fatal(err)
	}
	if state, err := s.State(t.Context()); err == nil {
		t.Errorf("a directory that cannot be read holds nothing to go back to: %+v", state)
	}
	if err := errors.Join(os.Remove(s.Layout().Previous()), os.Rename(hidden, s.Layout().Previous())); err != nil {
		t.Fatal(err)
	}
	s.Repair()
	if _, err := s.State(t.Context()); err != nil {
		t.Error(err)
	}
	s.Want("SELECT string_agg(transaction_id, ',' ORDER BY transaction_id) FROM main.transactions", "fctxn_1")
}
