package models_test

import (
	"fmt"
	"strings"
	"testing"

	"fcpipe/schema/models"
)

// TestSortedQueriesAreInOrder: a rebuild does not sort what a header says that its SELECT sorts.
func TestSortedQueriesAreInOrder(t *testing.T) {
	database, headers := booksToExplain(t)
	parameters := models.Parameters{ReportZone: "America/New_York"}
	seen := 0
	for _, h := range headers {
		if !h.IsSorted {
			continue
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
