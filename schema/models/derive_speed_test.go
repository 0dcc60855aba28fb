package models_test

import (
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

// A join without a key compares every row of one side with every row of the other, which no test
// of a small store feels, and a zone that is read for each row is converted at a seventh of the speed.
func TestModelsJoinByKeysAndKnowTheirZone(t *testing.T) {
	s := sharedBooks.afterFirst(t)
	modelHeaders, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	database, err := duck.Open(t.Context(), s.Layout().Database(), duck.ReadOnly, s.Settings(), s.Layout().Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	connection, err := database.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := models.RegisterFunctions(connection); err != nil {
		t.Fatal(err)
	}
	parameters := models.Parameters{AsOf: time.Now(), ReportZone: "America/New_York"}
	for _, model := range modelHeaders {
		query := parameters.Bind(model.Query)
		if strings.Contains(query, "meta.parameter(") {
			t.Errorf("%s reads a parameter for each row", model.File())
		}
		var kind, plan string
		if err := database.QueryRowContext(t.Context(), "EXPLAIN (FORMAT json) "+query).Scan(&kind, &plan); err != nil {
			t.Fatalf("%s: %v", model.File(), err)
		}
		if strings.Contains(plan, "BLOCKWISE_NL_JOIN") {
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
