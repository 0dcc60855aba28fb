package models

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"fcpipe/schema/duck"
)

// errMemory is what DuckDB says when a question does not fit.
var errMemory = fmt.Errorf("in parts: %w", &duckdb.Error{Type: duckdb.ErrorTypeOutOfMemory})

// connectionTo is a connection on which statements have run; it and the database are closed at the end of the test.
func connectionTo(t *testing.T, database *sql.DB, statements string) *sql.Conn {
	t.Helper()
	connection, err := database.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = connection.Close(), database.Close() })
	if _, err := connection.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
	return connection
}

// holders100 is a derivation over a hundred holders of a thousand rows each, and a row of a holder without an id.
func holders100(t *testing.T) *derivation {
	t.Helper()
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	connection := connectionTo(t, database, "CREATE SCHEMA ledger; CREATE TABLE ledger.rows AS "+
		"SELECT CASE WHEN i < 50000 THEN 'account' ELSE 'customer' END AS holder_type, "+
		"CASE WHEN i > 0 THEN 'it''s ' || (i // 1000) END AS holder_id FROM range(100000) r (i)")
	columns := []DeclaredColumn{{Name: "holder_type"}, {Name: "holder_id"}}
	return &derivation{Conn: connection, tables: map[string]tableInFile{"ledger.rows": {columns: columns}}}
}

// TestPartsBecomeSmallerUntilTheyFit: a part that does not fit in memory is computed again in smaller ones, which hold
// every row once.
func TestPartsBecomeSmallerUntilTheyFit(t *testing.T) {
	d := holders100(t)
	d.parameters.PartRows = 100_000_000
	model := Header{Part: []string{"holder_type", "holder_id"}, reads: []string{"ledger.rows"}}
	var tried []int
	var filled []string
	err := d.inParts(t.Context(), model, func(parts []string) error {
		if tried = append(tried, len(parts)); len(parts) < 4 {
			return errMemory
		}
		filled = parts
		return nil
	})
	if err != nil || len(tried) < 2 || tried[0] != 1 || len(filled) < 4 {
		t.Fatalf("%v after %v parts", err, tried)
	}
	var rows, sum int
	for _, part := range filled {
		err := d.QueryRowContext(t.Context(), "SELECT count(*) FROM ledger.rows WHERE "+part).Scan(&rows)
		if err != nil {
			t.Fatalf("%s: %v", part, err)
		}
		sum += rows
	}
	if sum != 100_000 {
		t.Errorf("%d parts hold %d of 100,000 rows: %s", len(filled), sum, strings.Join(filled, "\n"))
	}
}

// TestWhatNeverFitsFails: there is an end to smaller parts, a model without parts is tried once, and other errors end
// the attempt.
func TestWhatNeverFitsFails(t *testing.T) {
	d := holders100(t)
	parted := Header{Part: []string{"holder_type", "holder_id"}, reads: []string{"ledger.rows"}}
	for _, c := range []struct {
		model Header
		err   error
		most  int
	}{{parted, errMemory, 20}, {Header{}, errMemory, 1}, {parted, sql.ErrTxDone, 1}} {
		tried := 0
		err := d.inParts(t.Context(), c.model, func([]string) error { tried++; return c.err })
		if err != c.err || tried > c.most || tried < min(c.most, 2) { //nolint:errorlint // the very error
			t.Errorf("%v after %d attempts, want %v", err, tried, c.err)
		}
	}
}

// TestPartsAreInTheOrderOfTheTable: rows of one part after another are in the declared order only when parts are by the
// first columns of it.
func TestPartsAreInTheOrderOfTheTable(t *testing.T) {
	for order, want := range map[string]bool{
		"holder_type, holder_id, day": true, "holder_id, holder_type, day": false, "holder_type": false,
	} {
		h := Header{Order: order, Part: []string{"holder_type", "holder_id"}}
		if got := h.partsAreInOrder(); got != want {
			t.Errorf("order %s: %t", order, got)
		}
	}
	if !slices.Equal(quoted([]string{"it's"}), []string{"'it''s'"}) {
		t.Error("a border is no literal")
	}
}

// TestPartsOfInstantsBeginWithDays: rows are parted by the days of an instant, in the order of time, of which texts are
// no order; each is in one part. A part reads more of a table where the header says so, and gives its own rows alone.
func TestPartsOfInstantsBeginWithDays(t *testing.T) {
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	connection := connectionTo(t, database, "CREATE SCHEMA ledger; CREATE TABLE ledger.rows AS SELECT i, "+
		"['1969-12-31 23:59:59.5Z', '2026-03-01 00:00:00Z', '2026-03-01 23:59:59Z', '2026-03-02 00:00:00Z', "+
		"'12026-01-01 08:00:00Z'][i]::TIMESTAMPTZ AS happened_at FROM range(1, 6) r (i); "+
		"CREATE TABLE ledger.names AS SELECT i, 'n' || i AS name FROM ledger.rows")
	d := &derivation{Conn: connection, tables: map[string]tableInFile{
		"ledger.rows": {columns: []DeclaredColumn{{Name: "i"}, {Name: "happened_at", DataType: "TIMESTAMPTZ"}}},
	}}
	model := Header{
		Part: []string{"happened_at"}, reads: []string{"ledger.rows", "ledger.names"},
		Query: "SELECT happened_at, i, name, count(*) OVER () AS of FROM ledger.rows JOIN ledger.names USING (i)",
		PartInputs: map[string]string{
			"ledger.rows":  "FROM ledger.rows WHERE $part OR i = 1",
			"ledger.names": "FROM ledger.names SEMI JOIN ledger.rows USING (i)",
		},
	}
	parts, err := d.parts(t.Context(), model, 2)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, part := range parts {
		query, views := d.partQuery(model, part)
		if _, err := d.ExecContext(t.Context(), strings.Join(views, ";")); err != nil {
			t.Fatal(err)
		}
		var rows string
		asked := fmt.Sprintf("SELECT string_agg(name || ' of ' || of, ', ' ORDER BY happened_at) FROM (%s)", query)
		if err := d.QueryRowContext(t.Context(), asked).Scan(&rows); err != nil {
			t.Fatalf("%s: %v", part, err)
		}
		got = append(got, rows)
	}
	if want := []string{"n1 of 1", "n2 of 3, n3 of 3", "n4 of 3, n5 of 3"}; !slices.Equal(got, want) {
		t.Errorf("parts hold %q, want %q", got, want)
	}
}

// TestHeadersSpeakOfTablesThatModelsRead: what a header says of another table would be passed over, and be wrong of the
// one that was meant.
func TestHeadersSpeakOfTablesThatModelsRead(t *testing.T) {
	ordered, err := orderedModels()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range ordered {
		read := slices.Clone(h.reads)
		for _, input := range h.Inputs {
			read = append(read, tablesRead(input)...)
		}
		for _, rule := range h.Touches {
			read = append(read, tablesRead(rule.Query)...)
		}
		said := slices.Concat(slices.Collect(maps.Keys(h.Touches)), slices.Collect(maps.Keys(h.Inputs)), h.PartOf,
			slices.Collect(maps.Keys(h.PartInputs)))
		for _, table := range said {
			if !slices.Contains(read, table) {
				t.Errorf("%s speaks of %s, which it does not read", h.file, table)
			}
		}
		if len(h.Part) == 0 && (h.PartBytes != 0 || len(h.PartOf)+len(h.PartInputs) > 0) || h.PartBytes < 0 {
			t.Errorf("%s speaks of parts that it has not", h.file)
		}
	}
}
