package export

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"fcpipe/schema/benchtest"
	"fcpipe/schema/storetest"
)

var proof = storetest.Proof

// withAllTables are the tests that ask for every derived table under -proof: for its name, its order or its personal
// columns. The others do with few, whose files are written and retired in the same way.
var withAllTables = []string{
	"TestNoCanaryIsInALakeThatHidesThem",
	"TestDroppedKeysAreNoKeys",
	"TestTokensJoinAndGroup",
	"TestTokensTellNothingOfTheTexts",
	"TestColumnsArePromised",
	"TestRowsOfOtherMonthsShareAFile",
	"TestDatasetsWithoutRowsShowTheirSchema",
}

// hasPersonalTables is storetest.AllTables for make proof; make test has those of merchants and streams, which are made
// of personal texts.
func hasPersonalTables(t *testing.T) bool {
	t.Helper()
	return storetest.GroupHasTables(t, withAllTables, "expenses.merchant_month", "ledger.streams")
}

// hasProofTables is storetest.AllTables for make proof; make test has the few that the other tests have.
func hasProofTables(t *testing.T) bool {
	t.Helper()
	return !*proof || storetest.AllTables(t, withAllTables...)
}

func TestMain(m *testing.M) {
	storetest.Only(storetest.Core...)
	code := benchtest.Run(m)
	if err := errors.Join(ofSpread.remove(), ofAdversaries.remove(), ofCanaries.remove()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
