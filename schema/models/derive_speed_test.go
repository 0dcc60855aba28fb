package models_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
)

// joinByEither finds a join by one of two columns, which no hash table serves.
var joinByEither = regexp.MustCompile(`ON \S+ IN \(\w+\.`)

// withOneRow is a join that needs no key: one side is the day that was today and the one that is.
const withOneRow = "expenses/upcoming.sql touched by meta.parameters"

// quotedTable is the name of a table that is written as one.
var quotedTable = regexp.MustCompile(`"(\w+)\.(\w+)"`)

// booksToExplain are a store's published tables, to ask DuckDB how it would answer, and the models of the program.
func booksToExplain(t *testing.T) (database *sql.DB, headers []models.Header) {
	t.Helper()
	s := sharedHouseholds.afterFirst(t)
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	database, err = duck.Open(t.Context(), s.Layout().Database(), duck.ReadOnly, s.Settings(), s.Layout().Dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	connection, err := database.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(models.RegisterFunctions(connection), connection.Close()); err != nil {
		t.Fatal(err)
	}
	database.SetMaxOpenConns(1) // temporary tables are those of one connection
	return database, headers
}

// comparesEveryRow reports whether DuckDB would answer a query by comparing every row of a table with every other.
func comparesEveryRow(t *testing.T, database *sql.DB, what, query string) bool {
	t.Helper()
	var kind, plan string
	err := database.QueryRowContext(t.Context(), "EXPLAIN (FORMAT json) "+query).Scan(&kind, &plan)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return strings.Contains(plan, "BLOCKWISE_NL_JOIN")
}

// A join without a key compares every row of one side with every row of the other, which no test
// of a small store feels, and a zone that is read for each row is converted at a seventh of the speed.
func TestModelsJoinByKeysAndKnowTheirZone(t *testing.T) {
	database, headers := booksToExplain(t)
	parameters := models.Parameters{AsOf: time.Now(), ReportZone: "America/New_York"}
	for _, model := range headers {
		query := parameters.Bind(model.Query)
		if strings.Contains(query, "meta.parameter(") {
			t.Errorf("%s reads a parameter for each row", model.File())
		}
		if comparesEveryRow(t, database, model.File(), query) {
			t.Errorf("%s has a join that compares every row with every other", model.File())
		}
		if joinByEither.MatchString(query) {
			t.Errorf("%s has a join by either of two columns: unnest them", model.File())
		}
	}
}

func TestMergesJoinByOneColumn(t *testing.T) {
	for name, text := range duck.Load(os.DirFS("../store")) {
		if joinByEither.MatchString(text) {
			t.Errorf("%s has a join by either of two columns: unnest them", name)
		}
	}
}

// TestRoundsJoinByKeys: what a round reads of a table for the scopes that changes touch, and which scopes a change
// touches, is found by keys. A semi join with more than equal keys compares every row with every scope, which no test
// of a small store feels: of 10,000 holders one such join took ten minutes.
func TestRoundsJoinByKeys(t *testing.T) {
	database, headers := booksToExplain(t)
	asked := 0
	for _, h := range headers {
		if len(h.Scope) == 0 {
			continue
		}
		if _, err := database.ExecContext(t.Context(), fmt.Sprintf("CREATE OR REPLACE TEMP TABLE touched AS "+
			"SELECT DISTINCT %s FROM %s", strings.Join(h.Scope, ", "), h.Name)); err != nil {
			t.Fatalf("%s: %v", h.File(), err)
		}
		for what, query := range queriesOfRounds(h) {
			if strings.Contains(query, "match_") { // functions of a derivation, which knows the user's own rules
				continue
			}
			place := h.File() + " " + what
			if comparesEveryRow(t, database, place, query) && place != withOneRow {
				t.Errorf("%s: a join compares every row with every other", place)
			}
			asked++
		}
	}
	if asked < 100 {
		t.Errorf("only %d queries were looked at", asked)
	}
}

var earliest = regexp.MustCompile(`\$earliest\([a-z_]+\)`)

// queriesOfRounds are what a header says a round asks, over whole tables in place of their changed rows.
func queriesOfRounds(h models.Header) map[string]string {
	queries := map[string]string{}
	for table, input := range h.Inputs {
		queries["input "+table] = strings.ReplaceAll(input, "$since", "DATE '2026-01-01'")
	}
	for table, rule := range h.Touches {
		if rule.Query == "" {
			continue
		}
		columns := "*"
		if len(rule.Columns) > 0 {
			columns = strings.Join(rule.Columns, ", ")
		}
		query := strings.NewReplacer(
			"$watermark", "TIMESTAMPTZ '2026-01-01 00:00:00Z'", `kept."removed_`, `"`, `kept."added_`, `"`,
		).Replace(earliest.ReplaceAllString(rule.Query, "DATE '2026-01-01'"))
		queries["touched by "+table] = fmt.Sprintf("WITH changed AS (SELECT %s FROM %s) %s", columns, table,
			quotedTable.ReplaceAllString(query, "$1.$2"))
	}
	return queries
}
