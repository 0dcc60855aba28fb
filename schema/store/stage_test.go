package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

// Many transactions are read from the segments that they landed in, and merged as few are: with rows that are refused,
// come too late or come twice.
func TestManyRowsAreMergedAsFewAre(t *testing.T) {
	store.ReadInPlace(t)
	for name, test := range map[string]func(*testing.T){
		"contract":  TestLandingKeepsTheContract,
		"foreign":   TestAnIDBelongsToTheAccountItWasFirstSeenIn,
		"first":     TestOfOneBatchTheFirstOwnsAnID,
		"last":      TestLastReadingOfABatchCounts,
		"too late":  TestWhatWasRemovedDoesNotComeBack,
		"labels":    TestLabelsAreOfRowsThatAreHeld,
		"columns":   TestEveryColumnOfATransactionMakesAVersion,
		"no change": TestRoundWithNothingNewChangesNoByte,
		"one mode":  TestLiveAndTestDataDoNotMix,
		"patterns":  aDirectoryNamedLikeAnother,
	} {
		t.Run(name, test)
	}
}

// aDirectoryNamedLikeAnother is one whose name is a pattern that another one's matches, which has a segment too.
func aDirectoryNamedLikeAnother(t *testing.T) {
	parent := t.TempDir()
	for i, name := range []string{"ab", "a[b]"} {
		dir := filepath.Join(parent, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s := storetest.NewIn(t, dir)
		id := fmt.Sprintf("fctxn_%d", i)
		landed := ofTwo(storetest.Transaction(id, "fca_1", -1, 1), storetest.Transaction(id+"2", "fca_2", -2, 2))
		if i == 0 {
			s.Land(landed...)
			continue
		}
		s.Round(landed...)
		s.Want("SELECT min(transaction_id) FROM main.transactions", id)
	}
}

// Rows of more segments than are read at once are merged as those of one: of every reading of a row the last counts.
func TestRowsOfManySegmentsAreMerged(t *testing.T) {
	for _, most := range []int{1, 2, 5, 64} {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			store.ReadFiles(t, most)
			store.ReadInPlace(t)
			s := storetest.New(t)
			landing, err := s.Landing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for day := range 5 {
				row := storetest.Transaction("fctxn_1", "fca_1", int64(-day), 1)
				row.UpdatedAt = row.UpdatedAt.AddDate(0, 0, day)
				if err := landing.Land(t.Context(), schema.Landed{
					Accounts: []schema.Account{storetest.Account("fca_1")},
					Transactions: []schema.Transaction{
						row, storetest.Transaction(fmt.Sprintf("fctxn_2%d", day), "fca_1", 1, day),
					},
				}); err != nil {
					t.Fatal(err)
				}
				if err := landing.Seal(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if err := landing.Close(); err != nil {
				t.Fatal(err)
			}
			s.Round()
			s.Want("SELECT count(*) || ' ' || min(amount_minor) FROM main.transaction_versions", "6 -4")
		})
	}
}

// manyVersions are rows whose ids DuckDB would compress by what they begin with.
const manyVersions = `
INSERT INTO main.transaction_versions
SELECT 'fctxn_' || md5(n::VARCHAR), 'fca_' || md5(n::VARCHAR), 1, 'usd', 'COFFEE', 'posted', now(), NULL, NULL,
    now(), 'fctxnref_1', 1, now(), now(), 'run_1', false, NULL, false, true
FROM range(10_000) r(n);
CHECKPOINT;`

// A new file has the table of versions that migrations make, with its comments, and says how it is compressed.
func TestANewFileSaysHowItsVersionsAreCompressed(t *testing.T) {
	s := storetest.NewEmptyStore(t)
	generation, _, err := s.NewGeneration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer generation.Discard()
	path := filepath.Join(t.TempDir(), "migrated.duckdb")
	migrated, err := duck.Open(t.Context(), path, duck.ReadWrite, duck.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	defer migrated.Close()
	if _, err := duck.Migrate(t.Context(), migrated, time.Now()); err != nil {
		t.Fatal(err)
	}
	const described = `SELECT list((column_name, data_type, is_nullable, comment) ORDER BY column_index)::VARCHAR
		|| (SELECT comment FROM duckdb_tables() WHERE table_name = 'transaction_versions')
		FROM duckdb_columns() WHERE table_name = 'transaction_versions'`
	var made, want, compressed string
	if err := generation.Database().QueryRowContext(t.Context(), described).Scan(&made); err != nil {
		t.Fatal(err)
	}
	if err := migrated.QueryRowContext(t.Context(), described).Scan(&want); err != nil || made != want {
		t.Errorf("%v\n%s, want\n%s", err, made, want)
	}
	if _, err := generation.Database().ExecContext(t.Context(), manyVersions); err != nil {
		t.Fatal(err)
	}
	if err := generation.Database().QueryRowContext(t.Context(), `
		SELECT list_sort(list(DISTINCT column_name || ' ' || compression))::VARCHAR
		FROM pragma_storage_info('main.transaction_versions')
		WHERE segment_type <> 'VALIDITY' AND column_name IN ('transaction_id', 'account_id')`,
	).Scan(&compressed); err != nil ||
		compressed != "[account_id Dictionary, transaction_id FSST]" {
		t.Errorf("%v %s", err, compressed)
	}
}
