package reader_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/storetest"
)

// scanned is a row of everyColumn.
type scanned struct {
	id, word string
	text     *string
	big      int64
	amount   *int64
	isEven   bool
	at       time.Time
	later    *time.Time
	nothing  *string
}

// everyColumn has several batches of rows, and values that come and go.
const everyColumn = `SELECT
	'account_of_some_length_' || i, ['a', 'b'][(i % 2 + 1)::INT]::ENUM('a', 'b'),
	CASE WHEN i % 3 > 0 THEN repeat('é', (i % 9)::INT) END, i, CASE WHEN i % 5 > 0 THEN (-i)::INTEGER END, i % 2 = 0,
	TIMESTAMPTZ '1969-12-31 23:59:59.999999Z' + to_microseconds(i * 1000001),
	CASE WHEN i > 2100 THEN TIMESTAMP '2026-06-01' + to_days(i::INTEGER) END, NULL
FROM range(5000) r(i) ORDER BY i`

// TestEachRowIsWhatDatabaseSQLReads: it is in place of that.
func TestEachRowIsWhatDatabaseSQLReads(t *testing.T) {
	t.Parallel()
	_, reader := storetest.PublishedReader(t)
	collect := func(rows *[]scanned) func(duck.Scan) error {
		return func(scan duck.Scan) error {
			var r scanned
			err := scan(&r.id, &r.word, &r.text, &r.big, &r.amount, &r.isEven, &r.at, &r.later, &r.nothing)
			*rows = append(*rows, r)
			return err
		}
	}
	var got, want []scanned
	if err := reader.EachRow(t.Context(), everyColumn, collect(&got)); err != nil {
		t.Fatal(err)
	}
	statements := duck.Statements{"every": everyColumn}
	if err := statements.EachRow(t.Context(), reader.Database(), "every", collect(&want)); err != nil {
		t.Fatal(err)
	}
	if len(got) != 5000 || len(want) != len(got) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("row %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

// TestEachRowRefusesWhatDoesNotFit, and says of DuckDB's errors what they are.
func TestEachRowRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	_, reader := storetest.PublishedReader(t)
	var text string
	var number int64
	for question, destinations := range map[string][]any{
		"SELECT NULL::VARCHAR": {&text}, "SELECT 5": {&text}, "SELECT 'a'": {&number}, "SELECT 1, 2": {&number},
		"SELECT DATE '2026-06-01'": {&text}, "SELECT 0.5::DOUBLE": {&number}, "SELECT true": {new(int)},
	} {
		err := reader.EachRow(t.Context(), question, func(scan duck.Scan) error { return scan(destinations...) })
		if err == nil || duck.IsFromDuckDB(err) {
			t.Errorf("%s is read: %v", question, err)
		}
	}
	nothing := func(duck.Scan) error { return nil }
	for _, question := range []string{"SELECT * FROM no_such", "SELECT error('x')", "SELEKT"} {
		if err := reader.EachRow(t.Context(), question, nothing); !duck.IsFromDuckDB(err) {
			t.Errorf("%s: %v", question, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := reader.EachRow(ended, "SELECT 1", nothing); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
