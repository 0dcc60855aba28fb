package schema

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// joinByEither finds a join by one of two columns, which no hash table serves.
var joinByEither = regexp.MustCompile(`ON \S+ IN \(\w+\.`)

// A join without a key compares every row of one side with every row of the other, which no test
// of a small store feels, and a zone that is read for each row is converted at a seventh of the speed.
func TestModelsJoinByKeysAndKnowTheirZone(t *testing.T) {
	s := newDerivedStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}})
	models, err := loadHeaders(modelFiles)
	if err != nil {
		t.Fatal(err)
	}
	database, err := openDatabase(t.Context(), s.Layout().Database(), readOnly, s.Settings(), s.Layout().Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	parameters := Parameters{AsOf: time.Now(), ReportZone: "America/New_York"}
	for _, model := range models {
		query := parameters.bind(model.query)
		if strings.Contains(query, "meta.parameter(") {
			t.Errorf("%s reads a parameter for each row", model.file)
		}
		var kind, plan string
		if err := database.QueryRowContext(t.Context(), "EXPLAIN (FORMAT json) "+query).Scan(&kind, &plan); err != nil {
			t.Fatalf("%s: %v", model.file, err)
		}
		if strings.Contains(plan, "BLOCKWISE_NL_JOIN") {
			t.Errorf("%s has a join that compares every row with every other", model.file)
		}
		if joinByEither.MatchString(query) {
			t.Errorf("%s has a join by either of two columns: unnest them", model.file)
		}
	}
}

func TestMergesJoinByOneColumn(t *testing.T) {
	for name, text := range statements {
		if joinByEither.MatchString(text) {
			t.Errorf("%s has a join by either of two columns: unnest them", name)
		}
	}
}
