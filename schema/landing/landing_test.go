package landing_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
	"fcpipe/schema/repair"
	"fcpipe/schema/storetest"
)

// A round listed what came after cursor 2, landed it, and was killed before its merge. Then the
// file that held everything up to cursor 2 was gone, by damage, by hand, or with its journal: what
// landed is merged, and the cursor stays where its rows end, so that the rest is listed again.
func TestLandedCompletionsCountOnTheirFileAlone(t *testing.T) {
	damage := func(s *storetest.Store) {
		s.Damage()
		s.Repair()
	}
	killed := storetest.CompletedTimes(t, 2)
	killed.Land(storetest.Completed(2, 3))
	for name, test := range map[string]struct {
		befalls func(*storetest.Store)
		held    int    // the cursor of what is left of the file
		want    string // the transactions and the cursor after the merge
	}{
		"nothing": {func(*storetest.Store) {}, 3, "fctxn_1,fctxn_2,fctxn_3 fctxnref_3"},
		"damage":  {damage, 1, "fctxn_1,fctxn_3 fctxnref_1"},
		"a backup brought back": {func(s *storetest.Store) {
			if err := os.Rename(s.Previous()[0], s.Layout().Database()); err != nil {
				s.T.Fatal(err)
			}
		}, 1, "fctxn_1,fctxn_3 fctxnref_1"},
		"deleted, the generation before too": {func(s *storetest.Store) {
			if err := errors.Join(os.Remove(s.Layout().Database()), os.Remove(s.Previous()[0])); err != nil {
				s.T.Fatal(err)
			}
		}, 0, "fctxn_3 -"},
		"landed by an earlier version": {func(s *storetest.Store) {
			s.Alter(filepath.Join(s.Layout().Landing(), "000000000001.duckdb"), "ALTER TABLE completions DROP "+
				"COLUMN after_refresh_id; CHECKPOINT")
		}, 2, "fctxn_1,fctxn_2,fctxn_3 fctxnref_2"},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "damage" && name != "landed by an earlier version" {
				storetest.ForProof(t)
			}
			t.Parallel()
			s := killed.Copied(t)
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
				t.Errorf(
					"the next round lists what came after cursor %d, held is what came up to %d", overlaid, test.held,
				)
			}
			s.Round()
			const held = "SELECT (SELECT string_agg(transaction_id, ',' ORDER BY transaction_id) FROM " +
				"main.transactions) || ' ' || coalesce(any_value(cursor_refresh_id), '-') FROM main.accounts"
			s.Want(held, test.want)
			if name != "damage" {
				return // with the cursor where it is, the others go on alike
			}
			s.Round(storetest.Completed(test.held, 4))
			s.Want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_4")
		})
	}
}

// Of several completions each counts that starts where the ones before it ended.
func TestCompletionsLeadFromOneToTheNext(t *testing.T) {
	tests := map[string]struct {
		landed [][2]int
		want   string
	}{
		"one after another":              {[][2]int{{1, 2}, {2, 3}, {3, 4}}, "fctxnref_4"},
		"merged already":                 {[][2]int{{0, 1}, {1, 2}}, "fctxnref_2"},
		"a gap":                          {[][2]int{{1, 2}, {3, 4}}, "fctxnref_2"},
		"a gap, and listed again":        {[][2]int{{3, 4}, {1, 4}, {4, 5}}, "fctxnref_5"},
		"a gap, and everything is there": {[][2]int{{3, 4}, {0, 3}}, "fctxnref_3"},
		"nothing that fits":              {[][2]int{{7, 8}, {8, 9}}, "fctxnref_1"},
	}
	s := storetest.New(t)
	var first []schema.Landed
	for name := range tests {
		first = append(first, completedOf(name, 0, 1))
	}
	s.Round(first...)
	for segment := range 3 { // of all at once
		var landed []schema.Landed
		for name, test := range tests {
			if segment < len(test.landed) {
				landed = append(landed, completedOf(name, test.landed[segment][0], test.landed[segment][1]))
			}
		}
		s.Land(landed...)
	}
	state, err := s.State(t.Context())
	if err := errors.Join(err, s.OverlayLanded(t.Context(), &state)); err != nil {
		t.Fatal(err)
	}
	s.Round()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if overlaid := *state.Accounts[name].CursorRefreshID; overlaid != test.want {
				t.Errorf("overlaid to %s", overlaid)
			}
			s.Want("SELECT cursor_refresh_id FROM main.accounts WHERE account_id = '"+name+"'", test.want)
		})
	}
}

// completedOf is storetest.Completed of another account, of a holder of its own.
func completedOf(id string, after, cursor int) schema.Landed {
	landed := storetest.Completed(after, cursor)
	landed.Accounts[0].AccountID, landed.Accounts[0].HolderID = id, new("cus "+id)
	landed.Completions[0].AccountID = id
	landed.Transactions[0].AccountID = id
	landed.Transactions[0].TransactionID += " " + id
	return landed
}

// Two accounts are listed at once, and what the second one lands fails. The first one's earlier
// page went with it: its completion, which was waiting its turn, must not land.
func TestAFailedLandingLandsNoCompletion(t *testing.T) {
	for name, fail := range map[string]func(s *storetest.Store, landing *landing.Landing) (restore func() error,
		err error){
		"the seal": func(s *storetest.Store, landed *landing.Landing) (func() error, error) {
			s.Clock = s.Clock.Add(landing.SegmentAge)
			inTheWay := filepath.Join(s.Layout().Landing(), "000000000001.duckdb", "x")
			if err := os.MkdirAll(inTheWay, 0o700); err != nil {
				return nil, err
			}
			err := landed.Land(s.T.Context(), schema.Landed{Accounts: []schema.Account{storetest.Account("fca_2")}})
			return func() error { return os.RemoveAll(filepath.Dir(inTheWay)) }, err
		},
		"the body of a refused row": func(s *storetest.Store, landing *landing.Landing) (func() error, error) {
			if err := os.RemoveAll(s.Layout().Quarantine()); err != nil {
				return nil, err
			}
			err := landing.Land(s.T.Context(), schema.Landed{
				Accounts:    []schema.Account{storetest.Account("fca_2")},
				Quarantined: []schema.QuarantinedRow{{AccountID: "fca_2", Raw: []byte("{}")}},
			})
			return func() error { return os.Mkdir(s.Layout().Quarantine(), 0o700) }, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.New(t)
			ctx := t.Context()
			landing, err := s.Landing(ctx)
			if err != nil {
				t.Fatal(err)
			}
			first := schema.Landed{
				Accounts:     []schema.Account{storetest.Account("fca_1")},
				Transactions: []schema.Transaction{storetest.Transaction("fctxn_0", "fca_1", -1, 1)},
			}
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
			for what, err := range map[string]error{
				"Land": landing.Land(ctx, storetest.Completed(0, 2)),
				"Seal": landing.Seal(ctx),
			} {
				if !errors.Is(err, failure) {
					t.Errorf("%s after the failure: %v", what, err)
				}
			}
			if err := landing.Close(); err != nil {
				t.Fatal(err)
			}
			s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}})
			s.Want(
				"SELECT coalesce(any_value(cursor_refresh_id), '-') || ' ' || (SELECT count(*) FROM "+
					"main.transactions) FROM main.accounts",
				"- 0",
			)
			if !*storetest.Proof {
				return
			}
			s.Round(first, storetest.Completed(0, 2))
			s.Want(
				"SELECT any_value(cursor_refresh_id) || ' ' || (SELECT count(*) FROM main.transactions) FROM "+
					"main.accounts",
				"fctxnref_2 2",
			)
		})
	}
}

// A segment that cannot be opened because memory ran out is whole: it is not archived, by the next
// round or by a repair, and no finding.
func TestAMachineThatRanShortSaysNothingOfWhatLanded(t *testing.T) {
	t.Parallel()
	s := storetest.CompletedTimes(t, 2)
	s.Land(storetest.Completed(2, 3), schema.Landed{
		Owners: []schema.Owner{
			{OwnershipID: "fcaowns_1", OwnerID: "fcaown_1", AccountID: "fca_1", Name: "Ada Example"},
		},
		Ownerships: []schema.Ownership{{OwnershipID: "fcaowns_1", AccountID: "fca_1", OwnerCount: 1}},
	})
	limit := s.Options.Settings.MemoryLimit
	s.Options.Settings.MemoryLimit = 1 << 10
	if _, err := landing.Open(t.Context(), landing.Options{
		Directory:  s.Layout().Landing(),
		Quarantine: s.Layout().Quarantine(),
		Settings:   s.Options.Settings,
		Hook:       func(string) {},
	}); !duck.IsEnvironmental(err) {
		t.Errorf("landing: %v", err)
	}
	stored, err := check.StoredFiles(s.Layout())
	if err != nil || len(stored) != 2 {
		t.Fatalf("stored are %v, %v", stored, err)
	}
	for _, path := range stored {
		if findings, err := check.VerifyStored(
			t.Context(), s.Layout(), path, s.Options.Settings,
		); !duck.IsResourceExhausted(err) ||
			len(findings) > 0 {
			t.Errorf("%s: %v, %v", path, findings, err)
		}
	}
	repair, err := repair.Open(s.Options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(repair.Run(t.Context(), ""), repair.Close()); !duck.IsResourceExhausted(err) ||
		len(repair.Steps) > 0 {
		t.Errorf("repair: %v, %v", repair.Steps, err)
	}
	s.Options.Settings.MemoryLimit = limit
	s.Round()
	s.Want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_3")
}

// An account's rows landed in one segment and the word that it is complete in the next. The round that merged both is
// killed while it removes them, and its file is lost: neither is merged over what takes its place.
func TestMergedSegmentsGoTogether(t *testing.T) {
	stopped := map[string]*storetest.Store{}
	for _, point := range []string{"landing.merged", "landing.removed"} {
		stopped[point] = stoppedRemoving(t, point)
		stopped[point].Want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_2")
	}
	moveAway := func(s *storetest.Store) {
		if err := errors.Join(os.Remove(s.Layout().Database()), os.RemoveAll(s.Layout().Previous())); err != nil {
			s.T.Fatal(err)
		}
	}
	for name, lost := range map[string]struct {
		lose   func(s *storetest.Store)
		merged string // the point of make test, none for make proof alone, which has both
	}{
		"a repair": {func(s *storetest.Store) {
			s.Damage()
			s.Repair()
		}, "landing.removed"},
		"a backup brought back": {func(s *storetest.Store) {
			if err := errors.Join(os.Rename(s.Previous()[0], s.Layout().Database()), os.Chmod(s.Layout().Database(),
				0o600)); err != nil {
				s.T.Fatal(err)
			}
		}, ""},
		"nothing left":           {moveAway, ""},
		"nothing left, a repair": {func(s *storetest.Store) { moveAway(s); s.Repair() }, "landing.merged"},
	} {
		for point, from := range stopped {
			t.Run(name+", "+point, func(t *testing.T) {
				if point != lost.merged {
					storetest.ForProof(t)
				}
				t.Parallel()
				later := from.Copied(t)
				lost.lose(later)
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
				later.Round(storetest.Completed(0, 1))
				later.Want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_1")
				later.Want(
					"SELECT string_agg(transaction_id, ',' ORDER BY transaction_id) FROM main.transactions", "fctxn_1",
				)
				later.WantLandingEmpty()
			})
		}
	}
}

// stoppedRemoving is a store that was stopped removing a segment of rows and one that says that their account is whole.
func stoppedRemoving(t *testing.T, point string) *storetest.Store {
	t.Helper()
	return storetest.Prepared(t, "stopped at "+point, func() *storetest.Store {
		return storetest.StoppedRemoving(
			t, point, storetest.RowsAlone(storetest.Completed(1, 2)),
			storetest.CompletionAlone(storetest.Completed(1, 2)),
		)
	})
}

// Killed before the removal began, all that landed is merged once more over what takes the file's place.
func TestSegmentsThatAreAllThereAreMergedAgain(t *testing.T) {
	storetest.ForProof(t)
	t.Parallel()
	later := stoppedRemoving(t, "publish.renamed")
	later.Damage()
	later.Repair()
	later.Round()
	later.Want("SELECT cursor_refresh_id FROM main.accounts", "fctxnref_2")
	later.Want(
		"SELECT string_agg(transaction_id, ',' ORDER BY transaction_id) FROM main.transactions", "fctxn_1,fctxn_2",
	)
}

// An account was read twice before its rows were merged, the second time as disconnected. The round that
// merged both readings is killed while it removes them: the first is not merged again without the second.
func TestAReadingIsNotMergedAgainWithoutTheNewerOne(t *testing.T) {
	t.Parallel()
	gone := storetest.Account("fca_1")
	gone.Status = "disconnected"
	later := storetest.StoppedRemoving(
		t, "landing.removed", storetest.Completed(1, 2), schema.Landed{Accounts: []schema.Account{gone}},
	)
	later.Want("SELECT status FROM main.accounts", "disconnected")
	later.Round()
	later.Want("SELECT status FROM main.accounts", "disconnected")
}

// A repair, too, ends a removal that was begun, says so, and leaves what landed later.
func TestARepairEndsTheRemovalOfSegments(t *testing.T) {
	t.Parallel()
	later := stoppedRemoving(t, "landing.merged")
	behind := filepath.Join(later.Layout().Landing(), "000000000003.duckdb")
	if err := os.WriteFile(
		behind, storetest.ReadFile(t, filepath.Join(later.Layout().Landing(), "000000000001.duckdb")), 0o600,
	); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		r, err := repair.Open(later.Options, dry)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.Run(t.Context(), ""), r.Close()); err != nil || len(r.Steps) != 2 {
			t.Errorf("dry %v: did %v: %v", dry, r.Steps, err)
		}
	}
	if left, err := durable.FilesMatching(later.Layout().Landing(), "*"); err != nil ||
		!slices.Equal(left, []string{behind}) {
		t.Errorf("landing holds %v, %v", left, err)
	}
	later.Round()
	later.WantLandingEmpty()
}
