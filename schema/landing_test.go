package schema

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A round listed what came after cursor 2, landed it, and was killed before its merge. Then the
// file that held everything up to cursor 2 was gone, by damage, by hand, or with its journal: what
// landed is merged, and the cursor stays where its rows end, so that the rest is listed again.
func TestLandedCompletionsCountOnlyOnTheFileTheyWereMadeFor(t *testing.T) {
	damage := func(s *testStore) {
		s.damage()
		s.repair()
	}
	killed := newTestStore(t)
	killed.round(completed(0, 1))
	killed.round(completed(1, 2))
	killed.land(completed(2, 3))
	for name, test := range map[string]struct {
		befalls func(*testStore)
		held    int    // the cursor of what is left of the file
		want    string // the transactions and the cursor after the merge
	}{
		"nothing": {func(*testStore) {}, 3, "fctxn_1,fctxn_2,fctxn_3 fctxnref_3"},
		"damage":  {damage, 1, "fctxn_1,fctxn_3 fctxnref_1"},
		"a backup brought back": {func(s *testStore) {
			if err := os.Rename(s.previous()[0], s.Layout().Database()); err != nil {
				s.t.Fatal(err)
			}
		}, 1, "fctxn_1,fctxn_3 fctxnref_1"},
		"deleted, the generation before too": {func(s *testStore) {
			if err := errors.Join(os.Remove(s.Layout().Database()), os.Remove(s.previous()[0])); err != nil {
				s.t.Fatal(err)
			}
		}, 0, "fctxn_3 -"},
		"landed by an earlier version": {func(s *testStore) {
			s.alter(filepath.Join(s.Layout().Landing(), "000000000001.duckdb"), "ALTER TABLE completions DROP COLUMN after_refresh_id; CHECKPOINT")
		}, 2, "fctxn_1,fctxn_2,fctxn_3 fctxnref_2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := killed.copied(t)
			test.befalls(s)

			state, err := s.State(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := s.OverlayLanded(t.Context(), &state); err != nil {
				t.Fatal(err)
			}
			overlaid := 0
			if cursor := state.Accounts["fca_1"].CursorRefreshID; cursor != nil {
				overlaid, _ = strconv.Atoi(strings.TrimPrefix(*cursor, "fctxnref_"))
			}
			if overlaid != test.held {
				t.Errorf("the next round lists what came after cursor %d, held is what came up to %d", overlaid, test.held)
			}
			s.round()
			const held = "SELECT (SELECT string_agg(transaction_id, ',' ORDER BY transaction_id) FROM main.transactions) || ' ' || coalesce(any_value(cursor_refresh_id), '-') FROM main.accounts"
			s.want(held, test.want)
			s.round(completed(test.held, 4))
			s.want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_4")
		})
	}
}

// Of several completions each counts that starts where the ones before it ended.
func TestCompletionsLeadFromOneToTheNext(t *testing.T) {
	first := newTestStore(t)
	first.round(completed(0, 1))
	for name, test := range map[string]struct {
		landed [][2]int
		want   string
	}{
		"one after another":              {[][2]int{{1, 2}, {2, 3}, {3, 4}}, "fctxnref_4"},
		"merged already":                 {[][2]int{{0, 1}, {1, 2}}, "fctxnref_2"},
		"a gap":                          {[][2]int{{1, 2}, {3, 4}}, "fctxnref_2"},
		"a gap, and listed again":        {[][2]int{{3, 4}, {1, 4}, {4, 5}}, "fctxnref_5"},
		"a gap, and everything is there": {[][2]int{{3, 4}, {0, 3}}, "fctxnref_3"},
		"nothing that fits":              {[][2]int{{7, 8}, {8, 9}}, "fctxnref_1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := first.copied(t)
			for _, c := range test.landed {
				s.land(completed(c[0], c[1]))
			}
			state, err := s.State(t.Context())
			if err == nil {
				err = s.OverlayLanded(t.Context(), &state)
			}
			if err != nil || *state.Accounts["fca_1"].CursorRefreshID != test.want {
				t.Errorf("overlaid to %v, %v", state.Accounts["fca_1"].CursorRefreshID, err)
			}
			s.round()
			s.want("SELECT cursor_refresh_id FROM main.accounts", test.want)
		})
	}
}

// Two accounts are listed at once, and what the second one lands fails. The first one's earlier
// page went with it: its completion, which was waiting its turn, must not land.
func TestAFailedLandingLandsNoCompletion(t *testing.T) {
	for name, fail := range map[string]func(s *testStore, landing *Landing) (restore func() error, err error){
		"the seal": func(s *testStore, landing *Landing) (func() error, error) {
			s.clock = s.clock.Add(segmentAge)
			inTheWay := filepath.Join(s.Layout().Landing(), "000000000001.duckdb", "x")
			if err := os.MkdirAll(inTheWay, 0o700); err != nil {
				return nil, err
			}
			err := landing.Land(s.t.Context(), Landed{Accounts: []Account{testAccount("fca_2")}})
			return func() error { return os.RemoveAll(filepath.Dir(inTheWay)) }, err
		},
		"the body of a refused row": func(s *testStore, landing *Landing) (func() error, error) {
			if err := os.RemoveAll(s.Layout().Quarantine()); err != nil {
				return nil, err
			}
			err := landing.Land(s.t.Context(), Landed{Accounts: []Account{testAccount("fca_2")}, Quarantined: []QuarantinedRow{{AccountID: "fca_2", Raw: []byte("{}")}}})
			return func() error { return os.Mkdir(s.Layout().Quarantine(), 0o700) }, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTestStore(t)
			ctx := t.Context()
			landing, err := s.Landing(ctx)
			if err != nil {
				t.Fatal(err)
			}
			first := Landed{Accounts: []Account{testAccount("fca_1")}, Transactions: []Transaction{testTransaction("fctxn_0", "fca_1", -1, 1)}}
			if err := landing.Land(ctx, first); err != nil {
				t.Fatal(err)
			}
			restore, failure := fail(s, landing)
			if failure == nil {
				t.Fatal("nothing failed")
			}
			if err := restore(); err != nil {
				t.Fatal(err)
			}
			for what, err := range map[string]error{"Land": landing.Land(ctx, completed(0, 2)), "Seal": landing.Seal(ctx)} {
				if !errors.Is(err, failure) {
					t.Errorf("%s after the failure: %v", what, err)
				}
			}
			if err := landing.Close(); err != nil {
				t.Fatal(err)
			}
			s.round(Landed{Accounts: []Account{testAccount("fca_1")}})
			s.want("SELECT coalesce(any_value(cursor_refresh_id), '-') || ' ' || (SELECT count(*) FROM main.transactions) FROM main.accounts", "- 0")
			s.round(first, completed(0, 2))
			s.want("SELECT any_value(cursor_refresh_id) || ' ' || (SELECT count(*) FROM main.transactions) FROM main.accounts", "fctxnref_2 2")
		})
	}
}

// A segment that cannot be opened because memory ran out is whole: it is not set aside, by the next
// round or by a repair, and no finding.
func TestAMachineThatRanShortSaysNothingOfWhatLanded(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.round(completed(0, 1))
	s.round(completed(1, 2))
	s.land(completed(2, 3))
	limit := s.options.Settings.MemoryLimit
	s.options.Settings.MemoryLimit = 1 << 10
	if _, err := s.Landing(t.Context()); !machineFailed(err) {
		t.Errorf("landing: %v", err)
	}
	stored, err := StoredFiles(s.Layout())
	if err != nil || len(stored) != 2 {
		t.Fatalf("stored are %v, %v", stored, err)
	}
	for _, path := range stored {
		if findings, err := VerifyStored(t.Context(), s.Layout(), path, s.options.Settings); !ranShort(err) || len(findings) > 0 {
			t.Errorf("%s: %v, %v", path, findings, err)
		}
	}
	repair, err := OpenRepair(s.options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(repair.Run(t.Context(), ""), repair.Close()); !ranShort(err) || len(repair.Steps) > 0 {
		t.Errorf("repair: %v, %v", repair.Steps, err)
	}
	s.options.Settings.MemoryLimit = limit
	s.round()
	s.want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_3")
}

// An account's rows landed in one segment and the word that it is complete in the next. The round that merged both is
// killed while it removes them, and its file is lost: neither is merged over what takes its place.
func TestMergedSegmentsGoTogether(t *testing.T) {
	stopped := map[string]*testStore{}
	for _, point := range []string{"landing.merged", "landing.removed"} {
		stopped[point] = stoppedRemoving(t, point, rowsAlone(completed(1, 2)), completionAlone(completed(1, 2)))
		stopped[point].want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_2")
	}
	moveAway := func(s *testStore) {
		if err := errors.Join(os.Remove(s.Layout().Database()), os.RemoveAll(s.Layout().Previous())); err != nil {
			s.t.Fatal(err)
		}
	}
	for name, lose := range map[string]func(s *testStore){
		"a repair": func(s *testStore) {
			s.damage()
			s.repair()
		},
		"a backup brought back": func(s *testStore) {
			if err := errors.Join(os.Rename(s.previous()[0], s.Layout().Database()), os.Chmod(s.Layout().Database(), 0o600)); err != nil {
				s.t.Fatal(err)
			}
		},
		"nothing left":           moveAway,
		"nothing left, a repair": func(s *testStore) { moveAway(s); s.repair() },
	} {
		for point, from := range stopped {
			t.Run(name+", "+point, func(t *testing.T) {
				t.Parallel()
				later := from.copied(t)
				lose(later)
				state, err := later.State(t.Context())
				if err == nil {
					err = later.OverlayLanded(t.Context(), &state)
				}
				if err != nil {
					t.Fatal(err)
				}
				if cursor := state.Accounts["fca_1"].CursorRefreshID; cursor != nil && *cursor != "fctxnref_1" {
					t.Errorf("the next round lists what came after %s", *cursor)
				}
				later.round(completed(0, 1))
				later.want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_1")
				later.want("SELECT string_agg(transaction_id, ',' ORDER BY transaction_id) FROM main.transactions", "fctxn_1")
				later.wantLandingEmpty()
			})
		}
	}
}

// Killed before the removal began, all that landed is merged once more over what takes the file's place.
func TestSegmentsThatAreAllThereAreMergedAgain(t *testing.T) {
	t.Parallel()
	later := stoppedRemoving(t, "publish.renamed", rowsAlone(completed(1, 2)), completionAlone(completed(1, 2)))
	later.damage()
	later.repair()
	later.round()
	later.want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_2")
	later.want("SELECT string_agg(transaction_id, ',' ORDER BY transaction_id) FROM main.transactions", "fctxn_1,fctxn_2")
}

// An account was read twice before its rows were merged, the second time as disconnected. The round that
// merged both readings is killed while it removes them: the first is not merged again without the second.
func TestAReadingIsNotMergedAgainWithoutTheNewerOne(t *testing.T) {
	t.Parallel()
	gone := testAccount("fca_1")
	gone.Status = "disconnected"
	later := stoppedRemoving(t, "landing.removed", completed(1, 2), Landed{Accounts: []Account{gone}})
	later.want("SELECT status FROM main.accounts", "disconnected")
	later.round()
	later.want("SELECT status FROM main.accounts", "disconnected")
}

// A repair, too, ends a removal that was begun, says so, and leaves what landed later.
func TestARepairEndsTheRemovalOfSegments(t *testing.T) {
	t.Parallel()
	later := stoppedRemoving(t, "landing.merged", rowsAlone(completed(1, 2)), completionAlone(completed(1, 2)))
	behind := filepath.Join(later.Layout().Landing(), "000000000003.duckdb")
	if err := os.WriteFile(behind, readFile(t, filepath.Join(later.Layout().Landing(), "000000000001.duckdb")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		r, err := OpenRepair(later.options, dry)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.Run(t.Context(), ""), r.Close()); err != nil || len(r.Steps) != 2 {
			t.Errorf("dry %v: did %v: %v", dry, r.Steps, err)
		}
	}
	if left, err := filesMatching(later.Layout().Landing(), "*"); err != nil || !slices.Equal(left, []string{behind}) {
		t.Errorf("landing holds %v, %v", left, err)
	}
	later.round()
	later.wantLandingEmpty()
}

// A round saw to the events that told of an account, landed it and was killed. Its segment is
// damaged and set aside, by the next round or a repair: that account's events will not come again, so
// every account is listed.
func TestASegmentThatIsSetAsideForgetsTheEvents(t *testing.T) {
	for name, setAside := range map[string]func(s *testStore) int{
		"by a round": func(s *testStore) int {
			landing, err := s.Landing(s.t.Context())
			if err != nil {
				s.t.Fatal(err)
			}
			return len(landing.Unreadable)
		},
		"by a repair": func(s *testStore) int {
			s.repair()
			aside, err := filepath.Glob(filepath.Join(s.Layout().damaged(), "*", "state", "landing", "*"))
			if err != nil {
				s.t.Fatal(err)
			}
			return len(aside)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTestStore(t)
			s.round(completed(0, 1))
			s.land(completed(1, 2))
			if err := s.Journal().RecordEvents(EventCursor{Through: s.clock, ListedAt: s.clock}); err != nil {
				t.Fatal(err)
			}
			segments, err := filesMatching(s.Layout().Landing(), segmentPattern)
			if err != nil || len(segments) != 1 {
				t.Fatalf("landed are %v, %v", segments, err)
			}
			if err := os.WriteFile(segments[0], []byte("damaged"), 0o600); err != nil {
				t.Fatal(err)
			}
			if n := setAside(s); n != 1 {
				t.Fatalf("set aside are %d", n)
			}
			if cursor, known := s.Journal().Events(""); !known || !cursor.ListedAt.IsZero() {
				t.Errorf("the next round goes on with events: %+v", cursor)
			}
		})
	}
}

// Segments that were set aside keep their names: the next damaged one is not put over them.
func TestSegmentsSetAsideAreNotOverwritten(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	for cursor := range 2 {
		s.land(completed(cursor, cursor+1))
		segments, err := filepath.Glob(filepath.Join(s.Layout().Landing(), "[0-9]*.duckdb"))
		if err != nil || len(segments) != 1 {
			t.Fatalf("landed are %v, %v", segments, err)
		}
		if err := os.WriteFile(segments[0], []byte("damaged "+strconv.Itoa(cursor)), 0o600); err != nil {
			t.Fatal(err)
		}
		if landing, err := s.Landing(t.Context()); err != nil || len(landing.Unreadable) != 1 {
			t.Fatalf("set aside %v, %v", landing, err)
		}
	}
	if aside, _ := filepath.Glob(filepath.Join(s.Layout().Landing(), "*.bad")); len(aside) != 2 {
		t.Errorf("set aside are %v", aside)
	}
}
