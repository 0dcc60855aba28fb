package reader_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

// values of every kind that rows can be sorted by, with nulls, and rows that many orders do not tell apart
const manyKinds = `SELECT
	'id-' || lpad((i * 7919 % 20000)::VARCHAR, 5, '0') || CASE WHEN i % 3 = 0 THEN chr(0) || 'é' ELSE '' END AS id,
	CASE WHEN i % 17 <> 0 THEN CASE i % 4 WHEN 0 THEN '' WHEN 1 THEN 'a' WHEN 2 THEN 'aé'
		ELSE 'a long text, ' || i % 9 END END
		AS word,
	CASE WHEN i % 65 <> 64 THEN (i * 31 % 23 - 11) * CASE WHEN i % 500 = 0 THEN 800000000000000000 ELSE 1 END END
		AS big,
	CASE WHEN i % 7 <> 0 THEN i % 2 = 0 END AS flag,
	CASE i % 11 WHEN 0 THEN NULL WHEN 1 THEN 'NaN'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE ELSE i % 5 / 8 - 0.25 END
		AS ratio,
	CASE WHEN i % 100 <> 0
		THEN TIMESTAMPTZ '1969-12-28 23:59:59.999999Z' + to_hours(i * 13 % 300) END AS instant,
	CASE WHEN i % 9 <> 8 THEN DATE '1969-12-31' + (i * 5 % 40)::INTEGER END AS day,
	CASE WHEN i < 3000 THEN NULL ELSE (i % 6)::SMALLINT END AS small
FROM range(9000) r(i)`

// TestSortedBatchesAreInDuckDBsOrder compares them with Batches, whether rows are held at once, in pieces or not.
func TestSortedBatchesAreInDuckDBsOrder(t *testing.T) {
	t.Parallel()
	_, opened := storetest.PublishedReader(t)
	for _, order := range []string{
		"id", "id DESC", "word, id", "word DESC NULLS FIRST, id", "big, id", "big DESC, id DESC",
		"flag NULLS FIRST, day, id",
		"ratio, id", "ratio DESC NULLS FIRST, word, id", "instant, id", "instant, word DESC, id", "day DESC, big, id",
		"small NULLS FIRST, instant DESC NULLS FIRST, id", "small DESC, flag DESC, day, word, ratio, id",
	} {
		d, err := opened.DatasetOf(t.Context(), manyKinds, order, "id")
		if err != nil {
			t.Fatal(err)
		}
		whole := reader.Partition{Rows: 9000}
		var want []string
		for batch, err := range opened.Batches(t.Context(), d, whole) {
			want = append(want, linesOf(t, batch, err)...)
		}
		for _, most := range []int64{1 << 30, 400_000, 100_000, 1000} {
			opened.HoldAtMost(most)
			at := 0
			for batch, err := range opened.SortedBatches(t.Context(), d, whole) {
				for _, line := range linesOf(t, batch, err) {
					if at >= len(want) || line != want[at] {
						t.Fatalf("order %s, %d bytes: row %d is\n%q, want\n%q", order, most, at, line,
							want[min(at, len(want)-1)])
					}
					at++
				}
			}
			if at != len(want) || at != 9000 {
				t.Errorf("order %s, %d bytes: %d rows of %d", order, most, at, len(want))
			}
		}
	}
}

// TestPiecesHaveWholeDays has rows at both ends of days, of which years that doubles cannot tell apart.
func TestPiecesHaveWholeDays(t *testing.T) {
	t.Parallel()
	_, opened := storetest.PublishedReader(t)
	const query = `SELECT i, (CASE i % 8 WHEN 0 THEN '0001-01-01 00:00:00' WHEN 1 THEN '0001-01-01 23:59:59.999999'
		WHEN 2 THEN '1969-12-31 23:59:59.999999' WHEN 3 THEN '1970-01-01 00:00:00'
		WHEN 4 THEN '2300-01-01 23:59:59.999999' WHEN 5 THEN '9999-12-30 23:59:59.999999'
		WHEN 6 THEN '9999-12-31 00:00:00' END || '+00')::TIMESTAMPTZ AS instant
		FROM range(4000) r(i)`
	d, err := opened.DatasetOf(t.Context(), query, "instant, i", "")
	if err != nil {
		t.Fatal(err)
	}
	whole := reader.Partition{Rows: 4000}
	var want []string
	for batch, err := range opened.Batches(t.Context(), d, whole) {
		want = append(want, linesOf(t, batch, err)...)
	}
	for _, most := range []int64{100_000, 60_000} { // of about 1,000 rows and more, as a day has
		opened.HoldAtMost(most)
		var got []string
		for batch, err := range opened.SortedBatches(t.Context(), d, whole) {
			got = append(got, linesOf(t, batch, err)...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d bytes: %d rows, or another order", most, len(got))
		}
	}
}

func linesOf(t *testing.T, batch *reader.Batch, err error) (lines []string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for row := range batch.Len {
		lines = append(lines, printed(batch, row))
	}
	return lines
}

// TestSortedBatchesEndEarly stops in a piece, and with an error in the middle.
func TestSortedBatchesEndEarly(t *testing.T) {
	t.Parallel()
	_, opened := storetest.PublishedReader(t)
	d, err := opened.DatasetOf(t.Context(), manyKinds, "instant, id", "id")
	if err != nil {
		t.Fatal(err)
	}
	for _, most := range []int64{1 << 30, 400_000, 1000} {
		opened.HoldAtMost(most)
		for range opened.SortedBatches(t.Context(), d, reader.Partition{Rows: 9000}) {
			break
		}
	}
	opened.HoldAtMost(1 << 30)
	wantError := func(query, order string, rows int64, want string) {
		t.Helper()
		d, err := opened.DatasetOf(t.Context(), query, order, "")
		if err != nil {
			t.Fatal(err)
		}
		var failed error
		for _, err := range opened.SortedBatches(t.Context(), d, reader.Partition{Rows: rows}) {
			failed = err
		}
		if failed == nil || !strings.Contains(failed.Error(), want) {
			t.Errorf("%v, want %s", failed, want)
		}
	}
	wantError("SELECT CASE WHEN i = 9999 THEN error('out of order') ELSE 'x' || i END AS text FROM range(10000) r(i)",
		"text", 10_000, "out of order")
	wantError("SELECT i FROM range(5000) r(i)", "i", 4000, "more rows")
}

// TestTextsThatTakeTooMuchAreSortedByDuckDB has texts that are longer than rows are taken to be.
func TestTextsThatTakeTooMuchAreSortedByDuckDB(t *testing.T) {
	t.Parallel()
	_, opened := storetest.PublishedReader(t)
	const query = "SELECT TIMESTAMPTZ '2026-01-01 00:00:00Z' + to_hours(i) AS instant, " +
		"repeat('long ', i % 100) || i AS text FROM range(5000) r(i)"
	d, err := opened.DatasetOf(t.Context(), query, "instant, text", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, most := range []int64{1 << 30, 300_000, 50_000} {
		opened.HoldAtMost(most)
		row := 0
		for batch, err := range opened.SortedBatches(t.Context(), d, reader.Partition{Rows: 5000}) {
			for _, line := range linesOf(t, batch, err) {
				if want := strings.Repeat("long ", row%100) + fmt.Sprint(row); !strings.HasSuffix(line, "|"+want) {
					t.Fatalf("%d bytes: row %d is %q", most, row, line)
				}
				row++
			}
		}
		if row != 5000 {
			t.Errorf("%d bytes: %d rows", most, row)
		}
	}
}
