package duck_test

import (
	"database/sql"
	"strings"
	"testing"

	"fcpipe/schema/duck"
)

// connectionInMemory is one to a new database, both closed at the end of the test.
func connectionInMemory(t *testing.T, settings duck.Settings) *sql.Conn {
	t.Helper()
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	connection, err := database.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// TestFunctionsOfGoAnswerInSQL: a function gives its fields by name, null for an empty one and for null, and may be
// made known again.
func TestFunctionsOfGoAnswerInSQL(t *testing.T) {
	connection := connectionInMemory(t, duck.Settings{Threads: 1})
	for range 2 {
		if err := duck.RegisterFunction(connection, duck.Function{
			Name: "parts_of", Fields: []string{"head", "tail"},
			Read: func(text string, into []string) { into[0], into[1], _ = strings.Cut(text, " ") },
		}); err != nil {
			t.Fatal(err)
		}
	}
	var got string
	if err := connection.QueryRowContext(t.Context(), `SELECT string_agg(concat_ws(',', x, coalesce(r.head, 'null'),
		coalesce(r.tail, 'null')), ';' ORDER BY x) FROM (SELECT x, parts_of(x) AS r FROM (VALUES ('a b'), ('c'), (''),
		(NULL)) v(x))`).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if want := ",null,null;a b,a,b;c,c,null;null,null"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFunctionsOfGoAnswerWholeChunks: texts of every length and of other scripts arrive as they are, and what is no
// UTF-8 as null, in chunks of some rows without a value.
func TestFunctionsOfGoAnswerWholeChunks(t *testing.T) {
	connection := connectionInMemory(t, duck.Settings{})
	if err := duck.RegisterFunction(connection, duck.Function{
		Name: "parts_of", Fields: []string{"all", "head", "torn"},
		Read: func(text string, into []string) {
			into[0], into[1], into[2] = text, text[:min(len(text), 3)], text+"\xff"
		},
	}); err != nil {
		t.Fatal(err)
	}
	var rows, differ, torn int
	if err := connection.QueryRowContext(t.Context(), `WITH texts AS (
			SELECT CASE WHEN i % 7 > 0 THEN repeat(CASE WHEN i % 2 = 0 THEN 'a' ELSE 'ж' END, i % 31) END AS x
			FROM range(10000) r(i)),
		answers AS (SELECT x, parts_of(x) AS r FROM texts)
		SELECT count(*), count(*) FILTER (r.all IS DISTINCT FROM nullif(x, '')
			OR x LIKE 'a%' AND r.head IS DISTINCT FROM x[:3] OR (r IS NULL) <> (x IS NULL)), count(r.torn)
		FROM answers`).Scan(&rows, &differ, &torn); err != nil {
		t.Fatal(err)
	}
	if rows != 10_000 || differ != 0 || torn != 0 {
		t.Errorf("%d of %d rows differ, %d torn texts", differ, rows, torn)
	}
}
