package duck_test

import (
	"strings"
	"testing"

	"fcpipe/schema/duck"
)

// TestFunctionsOfGoAnswerInSQL: a function gives its fields by name, null for an empty one and for null, and may be
// made known again.
func TestFunctionsOfGoAnswerInSQL(t *testing.T) {
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, duck.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	connection, err := database.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
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
