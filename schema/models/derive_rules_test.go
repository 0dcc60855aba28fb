package models_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

func TestDeriveGivesTheSameRowsOnOneAndTwoThreads(t *testing.T) {
	storetest.ForProof(t)
	var b books
	for day := 1; day <= 28; day++ {
		b.post(day, 9+day%7, int64(-100*day), "SQ *BLUE OWL COFFEE").Description += strings.Repeat("X", day%3)
		if day%5 == 0 {
			b.observe(day, 23, int64(-day))
		}
	}
	question := rowsInOrder(t, func(table string) string { return table })
	s := storetest.NewWithModels(t)
	s.Round(b.landed(31))
	var hashes []string
	runs := []int{1, 2}
	if *proof {
		runs = []int{1, 2, 2, 2}
	}
	for _, threads := range runs {
		hashes = append(hashes, derivedBy(t, s, threads, question))
	}
	if len(slices.Compact(slices.Clone(hashes))) != 1 {
		t.Errorf("derived tables differ:\n%s", strings.Join(hashes, "\n"))
	}
}

// derivedBy derives a copy of the published file on some threads, and asks it.
func derivedBy(t *testing.T, s *storetest.Store, threads int, question string) (answer string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "derived.duckdb")
	if err := os.WriteFile(path, storetest.ReadFile(t, s.Layout().Database()), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := duck.Settings{Threads: threads, MemoryLimit: 512 << 20}
	database, err := duck.Open(t.Context(), path, duck.ReadWrite, settings, filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	parameters := models.Parameters{AsOf: s.Clock, ReportZone: s.Zone}
	if err := models.Derive(t.Context(), database, parameters); err != nil {
		t.Fatal(err)
	}
	if err := database.QueryRowContext(t.Context(), question).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(answer, "ledger.transactions ") {
		t.Errorf("nothing was derived: %s", answer)
	}
	return answer
}

func TestModelHeadersAreHeldToTheirQueries(t *testing.T) {
	file := storetest.OpenReader(t, sharedHouseholds.afterFirst(t)).Database() // with every table and model
	published, err := file.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer published.Close()
	if err := models.RegisterFunctions(published); err != nil {
		t.Fatal(err)
	}
	shipped, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil || len(shipped) == 0 {
		t.Fatal(len(shipped), err)
	}
	for _, model := range shipped {
		if err := models.CheckColumns(t.Context(), published, model); err != nil {
			t.Errorf("%s: %v", model.File(), err)
		}
	}
	connection := inMemory(t)
	head := "-- model: ledger.x\n-- about: x\n-- order: a\n"
	for text, want := range map[string]string{
		head + "-- column a: BIGINT. A\nSELECT 1 AS a": "column 1 is a INTEGER, the " +
			"header declares a BIGINT",
		head + "-- column a: INTEGER. A\nSELECT 1 AS a, 2 AS b": "a column b the header does not " +
			"declare",
		head + "-- column a: INTEGER. A\n-- column b: INTEGER. B\nSELECT 1 AS a": "declares a column b the SELECT " +
			"does not have",
		head + "-- column a: INTEGER. A\nSELECT nonsense": "nonsense",
	} {
		parsed, err := models.ParseHeader("x.sql", text)
		if err != nil {
			t.Fatal(err)
		}
		if err := models.CheckColumns(t.Context(), connection, parsed); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"-- model: x\nSELECT 1": "needs a name, an order", "-- nonsense\nSELECT 1": "x.sql:1: want \"field: value\"",
		"-- model: x\n-- column a: BIGINT\nSELECT 1": "x.sql:2: column a: want",
		"-- mdl: x\nSELECT 1":                        `x.sql:1: unknown field "mdl"`,
	} {
		if _, err := models.ParseHeader("x.sql", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	long := "-- model: x\n-- about: one\n--   two\n-- order: a\n-- column a: BIGINT. What\n--   it is\nSELECT 1"
	if h, err := models.ParseHeader("x.sql", long); err != nil || h.About != "one two" || h.Query != "SELECT 1" ||
		h.Columns[0].Description != "What it is" {
		t.Errorf("continued lines: %+v, %v", h, err)
	}
	circle := fstest.MapFS{
		"a.sql": {Data: []byte("-- model: ledger.a\n-- order: x\nSELECT * FROM ledger.b")},
		"b.sql": {Data: []byte("-- model: ledger.b\n-- order: x\nSELECT * FROM ledger.a")},
	}
	modelHeaders, err := models.LoadHeaders(circle)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := models.OrderModels(modelHeaders); err == nil ||
		!strings.Contains(err.Error(), "ledger.a → ledger.b → ledger.a") {
		t.Errorf("circle: %v", err)
	}
}

func TestDeriveRefusesAZoneThatIsNone(t *testing.T) {
	s := storetest.NewEmptyStore(t)
	s.Zone = "Mars/Olympus"
	landing, err := s.Landing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := landing.Land(
		t.Context(), schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}},
	); err != nil {
		t.Fatal(err)
	}
	if err := landing.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(landing); err == nil || !strings.Contains(err.Error(), "Mars/Olympus") {
		t.Errorf("published: %v", err)
	}
	if exists, _ := durable.FileExists(s.Layout().Database()); exists {
		t.Error("a file was published")
	}
}

// TestEveryRuleAndQuestionIsUnderstood runs the rules of verify and the questions of status.
func TestEveryRuleAndQuestionIsUnderstood(t *testing.T) {
	s := sharedHouseholds.afterFirst(t)
	opened, err := reader.Open(t.Context(), s.Layout(), s.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	findings, err := check.Verify(t.Context(), opened, s.Layout())
	if err != nil || len(findings) != 0 {
		t.Errorf("%v %v", findings, err)
	}
	since := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	status, err := opened.Status(t.Context(), reader.StatusQuestion{
		Now: since.Add(74 * time.Hour), Stale: since.Add(26 * time.Hour),
		Failing: map[string]reader.Failure{"fca_new": {Reason: "could not be read", Code: "http_403", Since: since}},
	})
	if err != nil || !slices.ContainsFunc(status.Attention, func(a reader.Attention) bool {
		return a.AccountID == "fca_new" && a.Reason == "failing for 3 days: could not be read"
	}) {
		t.Errorf("%v %v", status.Attention, err)
	}
}

// TestATextThatNamesATableStaysWhenAnotherTableIsRead: what a row says must not depend on which rows of a table were
// read for it, a few touched ones or all.
func TestATextThatNamesATableStaysWhenAnotherTableIsRead(t *testing.T) {
	others := map[string]string{"ledger.income_streams": "elsewhere"}
	query, err := models.QueryOver("underwriting.income_values", others)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(query, "tiers T3 and T4 of ledger.income_streams'") {
		t.Error("a text of the model was rewritten")
	}
	if _, read, _ := strings.Cut(query, "streams AS ("); !strings.Contains(read, "FROM elsewhere") {
		t.Error("the table is still read")
	}
}
