package landing_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/landing"
	"fcpipe/schema/storetest"
)

// halves are two calls for each full segment, and a last one.
const halves = 5

// landHalves lands two and a half segments. It goes on after an error and returns the first one.
func landHalves(t *testing.T, landed *landing.Landing) (first error) {
	t.Helper()
	rows := make([]schema.Transaction, landing.SegmentRows/2)
	for i := range rows {
		rows[i] = storetest.Transaction("fctxn_1", "fca_1", int64(i), 1)
	}
	for range halves {
		if err := landed.Land(t.Context(), schema.Landed{Transactions: rows}); first == nil {
			first = err
		}
	}
	return first
}

func namesIn(t *testing.T, directory string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestSegmentsAreSealedWhileRowsLandInTheNext(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	landed, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer landed.Close()
	if err := landHalves(t, landed); err != nil {
		t.Fatal(err)
	}
	if err := landed.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"000000000001.duckdb", "000000000002.duckdb", "000000000003.duckdb"}
	if names := namesIn(t, s.Layout().Landing()); !slices.Equal(names, want) {
		t.Errorf("there are %v", names)
	}
	for i, path := range landed.Segments() {
		if filepath.Base(path) != want[i] {
			t.Errorf("segment %d is %s", i, path)
		}
		if err := landing.CheckSegment(t.Context(), path, s.Settings()); err != nil {
			t.Error(err)
		}
	}
}

// TestNoSegmentFollowsOneThatIsNotThere: the rows of a completion may lie in it.
func TestNoSegmentFollowsOneThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	landed, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inTheWay := filepath.Join(s.Layout().Landing(), "000000000001.duckdb", "x")
	if err := os.MkdirAll(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	first := landHalves(t, landed)
	if err := landed.Seal(t.Context()); first == nil || !errors.Is(err, first) {
		t.Errorf("landed with %v, sealed with %v", first, err)
	}
	if err := landed.Close(); err != nil {
		t.Error(err)
	}
	if names := namesIn(t, s.Layout().Landing()); len(landed.Segments()) > 0 || slices.Contains(names,
		"000000000002.duckdb") {
		t.Errorf("there are %v", names)
	}
}

// Segments that were archived keep their names: the next damaged one does not replace them.
func TestSegmentsSetAsideAreNotOverwritten(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for cursor := range 2 {
		s.Land(storetest.Completed(cursor, cursor+1))
		segments, err := filepath.Glob(filepath.Join(s.Layout().Landing(), "[0-9]*.duckdb"))
		if err != nil || len(segments) != 1 {
			t.Fatalf("landed are %v, %v", segments, err)
		}
		if err := os.WriteFile(segments[0], []byte("damaged "+strconv.Itoa(cursor)), 0o600); err != nil {
			t.Fatal(err)
		}
		if landing, err := s.Landing(t.Context()); err != nil || len(landing.Unreadable) != 1 {
			t.Fatalf("archived %v, %v", landing, err)
		}
	}
	if archived, _ := filepath.Glob(filepath.Join(s.Layout().Landing(), "*.bad")); len(archived) != 2 {
		t.Errorf("archived are %v", archived)
	}
}

// TestASegmentIsFullWhenOneTableIs: transactions that do not fill a row group would be written twice, whatever else
// landed with them.
func TestASegmentIsFullWhenOneTableIs(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	landed, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer landed.Close()
	const late = 50
	rows := schema.Landed{Accounts: make([]schema.Account, 2*late)}
	for i := range rows.Accounts {
		rows.Accounts[i] = storetest.Account("fca_" + strconv.Itoa(i))
	}
	for i := range landing.SegmentRows {
		rows.Transactions = append(rows.Transactions, storetest.Transaction("fctxn_1", "fca_1", int64(i), 1))
	}
	last := schema.Landed{Transactions: rows.Transactions[:late]}
	rows.Transactions = rows.Transactions[late:]
	if err := errors.Join(landed.Land(t.Context(), rows), landed.Land(t.Context(), last)); err != nil {
		t.Fatal(err)
	}
	if err := landed.Seal(t.Context()); err != nil || len(landed.Segments()) != 1 {
		t.Errorf("%d segments, %v", len(landed.Segments()), err)
	}
}
