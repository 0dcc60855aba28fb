package models_test

import (
	"crypto/md5"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/models"
	"fcpipe/schema/storetest"
)

// everything is a sample of all scopes of a small file; whole compares its tables without a sample.
var (
	everything = models.Sample{Seed: 1, Scopes: 1_000_000, Rows: 1_000_000}
	whole      = models.Sample{Seed: 1, Whole: 1_000_000}
)

// compared lists what a sample of some models' tables finds.
func (b *randomBank) compared(sample models.Sample, find findModels) []schema.Finding {
	b.t.Helper()
	found, err := models.CompareModels(b.t.Context(), b.database, sample, find)
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// TestNoSampleDiffersFromMaintainedTables: after random rounds neither all scopes nor a few of them differ. A sample of
// everything is held to what TestMaintainedTablesAreThoseOfARebuild maintained, too.
func TestNoSampleDiffersFromMaintainedTables(t *testing.T) {
	if *histories == 1 {
		storetest.ForProof(t)
	}
	const rounds = 2
	for seed := range uint64(max(1, *histories/10)) {
		b := newRandomBank(t, seed)
		b.deriveWith(models.OrderedModels, false)
		for round := range uint64(rounds) {
			b.round(9)
			b.deriveWith(models.OrderedModels, false)
			for _, sample := range []models.Sample{everything, {Seed: round, Scopes: 3}, whole} {
				if found := b.compared(sample, models.OrderedModels); len(found) > 0 {
					t.Fatalf("round %d of seed %d, sample %v: %v", round, seed, sample, found)
				}
			}
		}
	}
}

// TestEveryRowThatIsWrongIsFound: of every ninth table in turn one row is missing, which may be all its scope has, one
// differs, or one is there twice; make proof tries all three of each table. A sample of everything names the table and
// says what is wrong, and so does a comparison of the whole table.
func TestEveryRowThatIsWrongIsFound(t *testing.T) {
	b := bankOfNames.of(t)
	damaged := 0
	for _, h := range b.models() {
		named := "true"
		for _, column := range h.Scope {
			named += " AND " + column + " IS NOT NULL"
		}
		row := fmt.Sprintf("rowid = (SELECT min(rowid) FROM %s WHERE %s)", h.Name, named)
		if h.IsView || len(b.strings(fmt.Sprintf("SELECT 'row' FROM %s WHERE %s", h.Name, row))) == 0 {
			continue
		}
		damaged++
		if !*proof && damaged%9 != 0 {
			continue
		}
		b.exec("CREATE OR REPLACE TABLE main.kept AS FROM " + h.Name)
		for n, c := range []struct{ damage, want string }{
			{fmt.Sprintf("DELETE FROM %s WHERE %s", h.Name, row), "is missing"},
			{fmt.Sprintf("UPDATE %s SET %s WHERE %s", h.Name, otherValue(h), row), "differs from a rebuild"},
			{fmt.Sprintf("INSERT INTO %[1]s FROM %[1]s WHERE %[2]s", h.Name, row), "is in no rebuild"},
		} {
			if strings.Contains(c.damage, "SET  WHERE") || // every column is one of its place
				!*proof && n != damaged/9%3 {
				continue
			}
			b.exec(c.damage)
			b.wantFound(h, c.want)
			b.exec("DELETE FROM " + h.Name)
			b.exec("INSERT INTO " + h.Name + " FROM main.kept")
		}
		b.wantFound(h, "")
	}
	if damaged < 15 {
		t.Fatalf("%d tables have rows", damaged)
	}
}

// otherValue gives a column that says nothing of a row's place another value.
func otherValue(h models.Header) string {
	places := append(models.SplitList(h.Order), h.Scope...)
	for _, column := range h.Columns {
		if slices.Contains(places, column.Name) {
			continue
		}
		switch column.DataType {
		case "BIGINT", "INTEGER":
			return fmt.Sprintf("%[1]s = coalesce(%[1]s - sign(%[1]s) + (%[1]s = 0)::INT, 1)", column.Name)
		case "VARCHAR":
			return fmt.Sprintf("%[1]s = coalesce(%[1]s, '') || 'x'", column.Name)
		case "BOOLEAN":
			return fmt.Sprintf("%[1]s = NOT coalesce(%[1]s, false)", column.Name)
		case "DATE":
			return fmt.Sprintf("%[1]s = coalesce(%[1]s, DATE '2000-01-01') - 1", column.Name)
		}
	}
	return ""
}

// models are those of this program, with what they read.
func (b *randomBank) models() (headers []models.Header) {
	b.t.Helper()
	return b.modelsOf(models.OrderedModels)
}

// modelsOf are those that find returns.
func (b *randomBank) modelsOf(find findModels) (headers []models.Header) {
	b.t.Helper()
	headers, err := find()
	if err != nil {
		b.t.Fatal(err)
	}
	return headers
}

// wantFound compares one table, by its scopes and whole: what is found begins with its name, and says of a row that it
// is wrong in this way.
func (b *randomBank) wantFound(h models.Header, what string) {
	b.t.Helper()
	for _, sample := range []models.Sample{everything, whole} {
		found := b.compared(sample,
			func() ([]models.Header, error) { return []models.Header{h}, nil })
		switch {
		case what == "" && len(found) == 0:
		case len(found) != 1 || found[0].Where != h.Name || !found[0].IsDerived ||
			!strings.HasSuffix(found[0].What, " "+what) ||
			len(h.Scope) > 0 && !strings.HasPrefix(found[0].What, "scope "):
			b.t.Errorf("%s: want a row that %s, found %v", h.Name, what, found)
		}
	}
}

// TestTextsOfABankAreNotShown: a finding shows their MD5 in their place.
func TestTextsOfABankAreNotShown(t *testing.T) {
	b := newRandomBank(t, 4)
	find := only("ledger.descriptions")
	b.deriveWith(find, true)
	b.exec("DELETE FROM ledger.descriptions WHERE description = 'SHELL OIL 57444812'")
	want := schema.Finding{
		Where: "ledger.descriptions", IsDerived: true,
		What: fmt.Sprintf("scope md5(description) %x: row is missing", md5.Sum([]byte("SHELL OIL 57444812"))),
	}
	if found := b.compared(everything, find); !slices.Contains(found, want) {
		t.Errorf("found %v, want %v among them", found, want)
	}
}
