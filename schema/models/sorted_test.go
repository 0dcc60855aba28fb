package models_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"fcpipe/schema/models"
)

// endsInSort finds the sort at the end of a query, outside all of its parts.
var endsInSort = regexp.MustCompile(`\nORDER BY [^()]+$`)

// TestSortedQueriesAreInOrder: a rebuild does not sort what a header says that its SELECT sorts. It does so last: few
// rows keep the order of a sort before a join, and ten million did not.
func TestSortedQueriesAreInOrder(t *testing.T) {
	database, headers := booksToExplain(t)
	parameters := models.Parameters{ReportZone: "America/New_York"}
	seen := 0
	for _, h := range headers {
		if !h.IsSorted {
			continue
		}
		if !endsInSort.MatchString(h.Query) {
			t.Errorf("%s: the SELECT does not sort last", h.File())
		}
		var rows, wrong int
		err := database.QueryRowContext(t.Context(), fmt.Sprintf("SELECT count(*), count(*) FILTER (place < before) "+
			"FROM (SELECT place, lag(place) OVER (ORDER BY n) AS before FROM (SELECT row(%s) AS place, "+
			"row_number() OVER () AS n FROM (%s)))", h.Order, parameters.Bind(h.Query))).Scan(&rows, &wrong)
		if err != nil || rows == 0 || wrong > 0 {
			t.Errorf("%s: %d of %d rows come before the one above them, %v", h.File(), wrong, rows, err)
		}
		seen++
	}
	if seen == 0 {
		t.Error("no model says that its SELECT sorts")
	}
	const head = "-- model: ledger.x\n-- order: a\n-- sorted: yes\n-- column a: DATE. A\n"
	_, err := models.ParseHeader("x.sql", head+"SELECT a FROM ledger.y")
	if err == nil || !strings.Contains(err.Error(), "sorted: by the SELECT") {
		t.Error(err)
	}
}
