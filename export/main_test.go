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

// withAllTables are the tests that ask for every derived table: for its name, its order or its personal columns. The
// others do with few, whose files are written and retired in the same way.
var withAllTables = []string{
	"TestNoCanaryIsInALakeThatHidesThem",
	"TestDroppedKeysAreNoKeys",
	"TestTokensJoinAndGroup",
	"TestTokensTellNothingOfTheTexts",
	"TestColumnsArePromised",
	"TestRowsOfOtherMonthsShareAFile",
	"TestDatasetsWithoutRowsShowTheirSchema",
}

func TestMain(m *testing.M) {
	storetest.Only(storetest.Core...)
	code := benchtest.Run(m)
	if err := errors.Join(ofSpread.remove(), ofAdversaries.remove()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
