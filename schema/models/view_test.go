package models_test

import (
	"strings"
	"testing"

	"fcpipe/schema/models"
)

// TestAViewIsColumnsOfATable: a header that says more is refused.
func TestAViewIsColumnsOfATable(t *testing.T) {
	const head = "-- model: ledger.x\n-- materialized: view\n-- order: a\n-- column a: DATE. A\n-- column b: DATE. B\n"
	for _, columns := range []string{"a,\n    b", "c AS a, b"} {
		h, err := models.ParseHeader("x.sql", head+"SELECT "+columns+"\nFROM ledger.y")
		if err != nil || !h.IsView || h.Shows != "ledger.y" {
			t.Errorf("%s: %+v, %v", columns, h, err)
		}
	}
	for text, want := range map[string]string{
		head + "SELECT b, a FROM ledger.y":                            "in their order",
		head + "SELECT a, b AS c FROM ledger.y":                       "in their order",
		head + "SELECT a, b + 1 AS b FROM ledger.y":                   "in their order",
		head + "SELECT a, b FROM ledger.y WHERE a > b":                "in their order",
		head + "-- scope: a\nSELECT a, b FROM ledger.y":               "without scopes",
		head + "-- since: a\nSELECT a, b FROM ledger.y":               "without scopes",
		head + "-- touched by x.y: SELECT a\nSELECT a, b FROM x.y":    "without scopes",
		head + "-- materialized: table\nSELECT a, b FROM ledger.y":    "materialized: view",
		head + "-- input ledger.y: FROM z\nSELECT a, b FROM ledger.y": "without scopes",
	} {
		if _, err := models.ParseHeader("x.sql", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

// aView is a view of this program, and aViewsTable the table it shows.
const (
	aView       = "expenses.transactions"
	aViewsTable = "ledger.labels"
)

// kindOf says whether a view or a table has a name.
func (b *randomBank) kindOf(name string) string {
	b.t.Helper()
	of := "schema_name || '.' || view_name = '" + name + "'"
	return strings.Join(b.strings("SELECT 'view' FROM duckdb_views() WHERE "+of+" UNION ALL SELECT 'table' FROM "+
		"duckdb_tables() WHERE "+strings.ReplaceAll(of, "view_name", "table_name")), " and ")
}

// TestAViewTakesThePlaceOfATable that an earlier program made, and a table that of a view.
func TestAViewTakesThePlaceOfATable(t *testing.T) {
	b := newRandomBank(t, 1)
	asTable := func() ([]models.Header, error) {
		headers, err := only(aView)()
		for i := range headers {
			headers[i].IsView = headers[i].IsView && headers[i].Name != aView
		}
		return headers, err
	}
	for step, c := range []struct {
		find findModels
		want string
	}{{asTable, "table"}, {only(aView), "view"}, {only(aView), "view"}, {asTable, "table"}} {
		b.round(9)
		b.deriveWith(c.find, false)
		if found := b.kindOf(aView); found != c.want {
			t.Errorf("step %d: %s is a %s, want a %s", step, aView, found, c.want)
		}
		if found := b.strings("SELECT transaction_id FROM " + aViewsTable + " EXCEPT ALL SELECT transaction_id FROM " +
			aView); len(found) > 0 {
			t.Errorf("step %d: not every row is shown", step)
		}
	}
}

// TestAnotherViewIsFound by a comparison with a rebuild, and so is a table in its place.
func TestAnotherViewIsFound(t *testing.T) {
	b := newRandomBank(t, 1)
	b.deriveWith(only(aView), true)
	if found := b.compared(everything, only(aView)); len(found) > 0 {
		t.Errorf("of the program's own: %v", found)
	}
	for _, damage := range []string{
		"CREATE OR REPLACE VIEW " + aView + " AS SELECT * FROM " + aViewsTable + " LIMIT 3",
		"DROP VIEW " + aView,
		"CREATE TABLE " + aView + " AS FROM " + aViewsTable,
	} {
		b.exec(damage)
		found := b.compared(everything, only(aView))
		if len(found) != 1 || found[0].Where != aView || !found[0].IsDerived {
			t.Errorf("%s: %v", damage, found)
		}
	}
}
