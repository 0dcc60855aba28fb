package models_test

import (
	"testing"

	"fcpipe/schema/models"
)

// TestARebuildKeepsTheTablesThatAreAsDeclared: a second rebuild fills the same tables, comments included; one whose
// comment, column or column's type was altered in between is made again as its model declares it. The dictionary is
// that of the first one, also where one table alone is rebuilt. make proof has all.
func TestARebuildKeepsTheTablesThatAreAsDeclared(t *testing.T) {
	b, find, least := newRandomBank(t, 7), models.OrderedModels, 30
	if !*proof { // those that are altered, and what they read
		find, least = only("ledger.streams", "expenses.bills", "expenses.upcoming", "expenses.price_changes"), 10
	}
	b.deriveWith(find, true)
	rows := b.columnSums(b.modelsOf(find))
	const described = `SELECT schema_name || '.' || table_name || ' ' || column_name || ' ' || data_type || ' ' ||
		is_nullable || ' ' || comment FROM duckdb_columns() WHERE schema_name IN ('ledger', 'expenses') ORDER BY ALL`
	const madeAs = `SELECT schema_name || '.' || table_name || ' ' || table_oid FROM duckdb_tables()
		WHERE schema_name IN ('ledger', 'quality', 'underwriting', 'expenses') ORDER BY ALL`
	const dictionary = "SELECT d::VARCHAR FROM meta.dictionary d"
	declared, made, explained := b.strings(described), b.strings(madeAs), b.strings(dictionary)
	for _, alteration := range []string{
		"COMMENT ON COLUMN ledger.streams.stream_id IS 'other'", "COMMENT ON TABLE expenses.bills IS 'other'",
		"ALTER TABLE expenses.upcoming DROP COLUMN is_overdue",
		"ALTER TABLE expenses.price_changes ALTER COLUMN new_minor TYPE VARCHAR",
		"DELETE FROM meta.dictionary",
	} {
		b.exec(alteration)
	}
	b.deriveWith(find, true)
	again := b.strings(madeAs)
	if len(again) != len(made) || len(made) < least {
		t.Fatalf("%d tables became %d", len(made), len(again))
	}
	altered := 0
	for i := range made {
		if again[i] != made[i] {
			altered++
		}
	}
	if altered != 4 {
		t.Errorf("%d tables were made again, 4 were altered", altered)
	}
	for i, column := range b.strings(described) {
		if column != declared[i] {
			t.Errorf("after the rebuild %q, declared is %q", column, declared[i])
		}
	}
	for column, sum := range b.columnSums(b.modelsOf(find)) {
		if sum != rows[column] {
			t.Errorf("%s has other values after the rebuild", column)
		}
	}
	b.want(dictionary, explained...)
	b.exec("DELETE FROM meta.parameters WHERE name = 'model expenses.price_changes'")
	b.deriveWith(find, false)
	b.want(dictionary, explained...)
	b.exec("DELETE FROM meta.dictionary") // and the parameters say that it is there
	b.exec("DELETE FROM meta.parameters WHERE name = 'model expenses.price_changes'")
	b.deriveWith(find, false)
	b.want(dictionary, explained...)
}
