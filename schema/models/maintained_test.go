package models_test

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema/models"
	"fcpipe/schema/storetest"
)

var (
	histories    = flag.Int("derivations", 1, "random histories whose derived tables are held to a rebuild")
	firstHistory = flag.Uint64("first-derivation", 1, "seed of the first of them")
	proof        = storetest.Proof
)

// TestMaintainedTablesAreThoseOfARebuild: whatever happened in the rounds, and wherever the day changed between them,
// every derived table has the rows that a rebuild gives it, and their declared order is one. A sample of all scopes
// finds no difference: TestNoSampleDiffersFromMaintainedTables. The one history of make test looks at the scopes of
// every third table, and has the cases of TestMaintainedTablesKnowWhatIsRare beside it.
func TestMaintainedTablesAreThoseOfARebuild(t *testing.T) {
	if isSample() {
		maintainSample(t, *firstHistory)
		return
	}
	for n := range uint64(*histories) {
		seed := *firstHistory + n
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			if differing := maintainRandomly(t, seed, models.OrderedModels); len(differing) > 0 {
				t.Error(strings.Join(differing, "\n"))
			}
		})
	}
}

// TestAScopeThatIsTooSmallIsNoticed: a model that says that only money that goes out touches a day is found out.
func TestAScopeThatIsTooSmallIsNoticed(t *testing.T) {
	find := func() ([]models.Header, error) {
		headers, err := only("ledger.daily_entries")()
		altered := append([]models.Header(nil), headers...)
		for i, h := range altered {
			if h.Name != "ledger.daily_entries" {
				continue
			}
			altered[i].Touches = maps.Clone(h.Touches)
			rule := h.Touches["ledger.dated_transactions"]
			rule.Query += " AND amount_minor < 0"
			altered[i].Touches["ledger.dated_transactions"] = rule
		}
		return altered, err
	}
	for seed := range uint64(20) {
		for _, difference := range maintainRandomly(t, seed, find) {
			if strings.Contains(difference, "ledger.daily_entries") {
				return
			}
		}
	}
	t.Error("no history shows that days are touched by other rows")
}

// TestATableThatFailsEndsTheOthers: what one of several tables meets that are maintained at once ends the derivation,
// which says where, and lets go of what it kept.
func TestATableThatFailsEndsTheOthers(t *testing.T) {
	b := newRandomBank(t, 3)
	broken := func() ([]models.Header, error) {
		headers, err := models.OrderedModels()
		headers = slices.Clone(headers)
		i := slices.IndexFunc(headers, func(h models.Header) bool { return h.Name == "ledger.daily_entries" })
		headers[i].Widened = "SELECT no_column FROM touched"
		return headers, err
	}
	b.deriveWith(broken, false) // the first one makes tables, which nothing touches
	b.round(9)
	err := models.DeriveModels(t.Context(), b.database, models.Parameters{
		AsOf: b.now, ReportZone: "America/New_York",
	}, broken)
	if err == nil || !strings.HasPrefix(err.Error(), "ledger/daily_entries.sql: widened: ") {
		t.Fatalf("%v, want an error that names the model", err)
	}
	if n := b.database.Stats().InUse; n > 0 {
		t.Errorf("%d connections are still in use", n)
	}
	// what is half done is of no use: the store throws it away, and here everything is made anew
	b.deriveWith(models.OrderedModels, true)
	b.round(9)
	b.deriveWith(models.OrderedModels, false)
	if differing := b.compareWithRebuild(models.OrderedModels); len(differing) > 0 {
		t.Error(strings.Join(differing, "\n"))
	}
}

// isSample reports whether a test of histories has one, as in make test: make property draws many, each of five
// rounds.
func isSample() bool { return *histories == 1 && !*proof }

// maintainSample is a history of two rounds, with the rare cases of other accounts in the second one, an hour after the
// first. Whatever differs from scopes that are computed again, or from a rebuild, fails the test.
func maintainSample(t *testing.T, seed uint64) {
	t.Helper()
	b, find := newRandomBank(t, seed), models.OrderedModels
	b.deriveWith(find, false)
	b.round(pick(b, []int{1, 9, 22, 30, 24 * 9, 24 * 70}))
	together, _ := rareCases()
	cases := newCases(b.shelf, together, "x", b.now)
	b.happens(seed, 0)
	b.deriveWith(find, false)
	b.round(1)
	cases.happen(b.now)
	b.happens(seed, 1)
	b.deriveWith(find, false)
	for _, found := range b.compared(everything, everyThird) {
		t.Errorf("a sample finds %s: %s", found.Where, found.What)
	}
	if differing := b.compareWithRebuild(find); len(differing) > 0 {
		t.Error(strings.Join(differing, "\n"))
	}
}

// everyThird finds every third model.
func everyThird() (found []models.Header, err error) {
	headers, err := models.OrderedModels()
	for i := 0; i < len(headers); i += 3 {
		found = append(found, headers[i])
	}
	return found, err
}

// happens edits files and removes rows, as the draws of a round of a history have it.
func (b *randomBank) happens(seed uint64, round int) {
	b.t.Helper()
	edits := rand.New(rand.NewPCG(seed, 19+uint64(round)<<8))
	b.editFiles(edits)
	if round > 0 && len(b.rows) > 20 { // last: nothing can be asked of the shelf until it derives
		b.gone = b.remove()
	}
}

type findModels = func() ([]models.Header, error)

// maintainRandomly draws rounds, and names tables that differ from those of a rebuild. Some rounds follow one another
// without a comparison, so what an earlier one left wrong is seen too.
func maintainRandomly(t *testing.T, seed uint64, find findModels) (differing []string) {
	t.Helper()
	b := newRandomBank(t, seed)
	b.partRows = int64(seed%2) * 10 // a few rows: every second history is rebuilt in parts
	b.deriveWith(find, false)
	rounds := 5
	if isSample() {
		rounds = 2
	}
	removals, edits := rand.New(rand.NewPCG(seed, 18)), rand.New(rand.NewPCG(seed, 19))
	for n := range rounds {
		b.round(pick(b, []int{1, 9, 22, 30, 24 * 9, 24 * 70}))
		if edits.IntN(3) > 0 {
			b.editFiles(edits)
		}
		if removals.IntN(3) == 0 && len(b.rows) > 20 {
			b.gone = b.remove()
		}
		b.deriveWith(find, false)
		if n < rounds-1 && b.chance(2) {
			continue
		}
		if differing = b.compareWithRebuild(find); len(differing) > 0 {
			return append(differing, fmt.Sprintf("in round %d of seed %d", n+1, seed))
		}
	}
	return nil
}

func (b *randomBank) deriveWith(find findModels, rebuild bool) {
	b.t.Helper()
	if err := models.DeriveModels(b.t.Context(), b.database, models.Parameters{
		AsOf: b.now, ReportZone: "America/New_York", Rebuild: rebuild, PartRows: b.partRows,
		WholeRows: b.wholeRows, Gone: b.gone,
	}, find); err != nil {
		b.t.Fatal(err)
	}
	if b.gone != nil {
		if err := b.gone.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) { // the derivation ended it
			b.t.Fatal(err)
		}
		b.gone = nil
	}
}

// compareWithRebuild names the tables whose rows a rebuild changes, with one row of each.
func (b *randomBank) compareWithRebuild(find findModels) (differing []string) {
	b.t.Helper()
	headers := b.modelsOf(find)
	b.exec("CREATE SCHEMA kept")
	for _, h := range headers {
		b.exec(fmt.Sprintf("CREATE TABLE %s AS FROM %s", kept(h), h.Name))
	}
	b.deriveWith(find, true)
	for _, h := range headers {
		if b.strings(sameInPlace(h))[0] != "true" {
			differing = append(differing, b.strings(fmt.Sprintf(
				"(SELECT '%[1]s has ' || line FROM ((%[2]s) EXCEPT ALL (%[3]s)) LIMIT 1) UNION ALL "+
					"(SELECT '%[1]s has not ' || line FROM ((%[3]s) EXCEPT ALL (%[2]s)) LIMIT 1) UNION ALL "+
					"(SELECT '%[1]s has two rows in one place of its order' FROM %[1]s GROUP BY %[4]s "+
					"HAVING count(*) > 1 LIMIT 1)", h.Name, lines(kept(h)), lines(h.Name), h.Order))...)
		}
	}
	b.exec("DROP SCHEMA kept CASCADE")
	return differing
}

// kept is where compareWithRebuild keeps the rows of a table.
func kept(h models.Header) string { return "kept." + strings.ReplaceAll(h.Name, ".", "_") }

// lines asks for each row of a table as a text.
func lines(table string) string { return "SELECT to_json(t)::VARCHAR AS line FROM " + table + " t" }

// sameInPlace asks whether a table has the rows that are kept, by the sums of their hashes, and each its own place: to
// compare row by row, which tells what differs, costs as much as to derive the table.
func sameInPlace(h models.Header) string {
	return fmt.Sprintf("SELECT (coalesce(sum(sign), 0) = 0 AND coalesce(sum(sign * hashed::HUGEINT), 0) = 0 "+
		"AND count(place) = count(DISTINCT place))::VARCHAR FROM (SELECT 1 AS sign, hash(t) AS hashed, "+
		"row(%s) AS place FROM %s t UNION ALL SELECT -1, hash(t), NULL FROM %s t)", h.Order, h.Name, kept(h))
}

// TestTablesInPartsAreThoseOfTheWhole: a rebuild that computes one holder, or account, after another has the rows of
// one that computes all at once. make test asks that of a bank that is in parts; make proof of one of more holders.
func TestTablesInPartsAreThoseOfTheWhole(t *testing.T) {
	if !*proof {
		found := bankOfNames.of(t).compared(whole, func() ([]models.Header, error) {
			ordered, err := models.OrderedModels()
			return slices.DeleteFunc(slices.Clone(ordered), func(h models.Header) bool { return len(h.Part) == 0 }), err
		})
		for _, finding := range found {
			t.Error(finding)
		}
		return
	}
	b := bankOfManyHolders(t)
	b.partRows = 1
	if differing := b.compareWithRebuild(models.OrderedModels); len(differing) > 0 {
		t.Error(strings.Join(differing, "\n"))
	}
}

// bankOfManyHolders is a bank whose accounts have a holder each, derived whole.
func bankOfManyHolders(t *testing.T) *randomBank {
	t.Helper()
	b := newEmptyBank(t, 2)
	for i, a := range b.accounts {
		a.holder = new(fmt.Sprint("cus_", i))
		b.observe(a)
	}
	b.filled(2)
	b.round(24 * 30)
	b.deriveWith(models.OrderedModels, true)
	return b
}
