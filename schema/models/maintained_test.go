package models_test

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
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
			rule := h.Touches["ledger.transactions"]
			rule.Query += " WHERE amount_minor < 0"
			altered[i].Touches["ledger.transactions"] = rule
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
	b.exec("CREATE OR REPLACE TABLE kept_rows (name VARCHAR, line VARCHAR)")
	rows := func(h models.Header) string {
		return fmt.Sprintf("SELECT '%s' AS name, to_json(t)::VARCHAR AS line FROM %s t", h.Name, h.Name)
	}
	for _, h := range headers {
		b.exec("INSERT INTO kept_rows " + rows(h))
	}
	b.deriveWith(find, true)
	for _, h := range headers {
		kept := fmt.Sprintf("SELECT * FROM kept_rows WHERE name = '%s'", h.Name)
		differing = append(differing, b.strings(fmt.Sprintf(
			"(SELECT name || ' has ' || line FROM ((%[1]s) EXCEPT ALL (%[2]s)) LIMIT 1) UNION ALL "+
				"(SELECT name || ' has not ' || line FROM ((%[2]s) EXCEPT ALL (%[1]s)) LIMIT 1)", kept, rows(h)))...)
		if twice := b.strings(fmt.Sprintf("SELECT '%[1]s has two rows in one place of its order' FROM %[1]s "+
			"GROUP BY %[2]s HAVING count(*) > 1 LIMIT 1", h.Name, h.Order)); len(twice) > 0 {
			differing = append(differing, twice...)
		}
	}
	b.exec("DROP TABLE kept_rows")
	return differing
}

// TestTablesInPartsAreThoseOfTheWhole: a rebuild that computes one holder, or account, after another has the rows of
// one that computes all at once. There are more than two parts, so that some lie between two others: the bank of names
// has three holders, that of make proof seven.
func TestTablesInPartsAreThoseOfTheWhole(t *testing.T) {
	b := bankOfNames.of(t)
	if *proof {
		b = bankOfManyHolders(t)
	}
	if found := b.strings("SELECT DISTINCT holder_id FROM ledger.cash_accounts"); len(found) < 3 {
		t.Fatalf("only holders %v", found)
	}
	b.partRows = 1
	differing := b.compareWithRebuild(models.OrderedModels)
	b.partRows = 0
	if len(differing) > 0 {
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
