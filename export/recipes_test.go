package export

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const feedGlob = "/current/changes/transactions/**/*.parquet"

// recipe is a block of the warehouse guide as it stands there, its lake this world's.
func (w *world) recipe(name string) string {
	w.t.Helper()
	page, err := os.ReadFile("README.md")
	if err != nil {
		w.t.Fatal(err)
	}
	_, block, found := strings.Cut(string(page), "```"+name+"\n")
	block, _, ended := strings.Cut(block, "```")
	if !found || !ended || !strings.Contains(block, "data/lake") {
		w.t.Fatalf("the guide has no recipe %q", name)
	}
	return strings.ReplaceAll(block, "data/lake", w.layout.Lake())
}

func (w *world) exec(database *sql.DB, text string) {
	w.t.Helper()
	if _, err := database.Exec(text); err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
}

func TestRecipesOfTheGuideRun(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	ofMove.publishIn(w)
	w.exportAgain()
	database := w.oracle()
	defer database.Close()
	w.exec(database, "ATTACH ':memory:' AS copy; USE copy")
	state := strings.TrimSuffix(strings.TrimSpace(w.recipe("sql duckdb state")), ";")
	w.want(database, "SELECT string_agg(concat_ws(' ', month, rows), ', ') FROM ("+state+") counted(month, rows)",
		"2026-02 1, 2026-03 1, 2026-05 2")
	var count int
	if err := database.QueryRow(w.recipe("sql duckdb manifest")).Scan(&count); err != nil || count != 4 {
		t.Errorf("by the manifest: %d rows, %v", count, err)
	}
	feed := w.recipe("sql duckdb feed")
	const differences = `
		WITH loaded AS (SELECT * EXCLUDE (observed_date, _op, _run_id, _observed_at) FROM copy.transactions)
		SELECT count(*) FROM ((FROM loaded EXCEPT ALL FROM file.main.transactions)
			UNION ALL (FROM file.main.transactions EXCEPT ALL FROM loaded))`
	for range 2 { // loading it again does no harm
		w.exec(database, feed)
		w.want(database, differences, "0")
	}
	w.exec(database,
		strings.ReplaceAll(w.recipe("sql csv"), "transactions.csv", filepath.Join(t.TempDir(), "transactions.csv")))

	// what a loader gets out of order: an earlier delete, an earlier row, two rows of one instant, a delete
	stage := func(change string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "stage.parquet")
		w.exec(database, fmt.Sprintf(`COPY (SELECT * EXCLUDE (i) REPLACE (%s) FROM copy.transactions, range(2) r(i)
			WHERE transaction_id = 'fctxn_2') TO '%s'`, change, file))
		w.exec(database, strings.ReplaceAll(feed, w.layout.Lake()+feedGlob, file))
	}
	stage("'delete' AS _op, _observed_at - INTERVAL 1 HOUR AS _observed_at")
	stage("7 AS amount_minor, _observed_at - INTERVAL 1 HOUR AS _observed_at")
	w.want(database, differences, "0")
	stage("i AS amount_minor, 'run-' || i AS _run_id, _observed_at + INTERVAL 1 HOUR AS _observed_at")
	w.want(database, "SELECT amount_minor || _run_id FROM copy.transactions WHERE transaction_id = 'fctxn_2'", "1run-1")
	stage("'delete' AS _op")
	w.want(database, "SELECT count(*) FROM copy.transactions", "3")
}

var mergeStatement = regexp.MustCompile(`(?s)MERGE INTO.*?;`)

// Every MERGE of the guide holds to the same rules, those that no test can run too.
func TestMergesOfTheGuideAgree(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	merges := mergeStatement.FindAllString(string(page), -1)
	if len(merges) < 2 {
		t.Fatalf("%d statements", len(merges))
	}
	for _, merge := range merges {
		upper := strings.ToUpper(merge)
		for _, rule := range []string{
			"ORDER BY _OBSERVED_AT DESC, _RUN_ID DESC) = 1",
			"S._OP = 'DELETE' AND S._OBSERVED_AT >= T._OBSERVED_AT THEN DELETE",
			"S._OP <> 'DELETE' AND S._OBSERVED_AT > T._OBSERVED_AT THEN UPDATE",
			"WHEN NOT MATCHED AND S._OP <> 'DELETE' THEN INSERT",
		} {
			if !strings.Contains(upper, rule) {
				t.Errorf("without %s:\n%s", rule, merge)
			}
		}
	}
}
