package models_test

import (
	"strings"
	"testing"

	"fcpipe/schema/models"
)

// TestAViewIsColumnsOfATable: a header that says more is refused.
func TestAViewIsColumnsOfATable(t *testing.T) {
	const head = "-- model: ledger.x\n-- materialized: view\n-- order: a\n-- column a: DATE. A\n-- column b: DATE. B\n"
	h, err := models.ParseHeader("x.sql", head+"SELECT a,\n    b\nFROM ledger.y")
	if err != nil || !h.IsView || h.Shows != "ledger.y" {
		t.Errorf("%+v, %v", h, err)
	}
	for text, want := range map[string]string{
		head + "SELECT b, a FROM ledger.y":                            "in their order",
		head + "SELECT a, b AS b FROM ledger.y":                       "in their order",
		head + "SELECT a, b FROM ledger.y WHERE a > b":                "in their order",
		head + "-- scope: a\nSELECT a, b FROM ledger.y":               "without scopes",
		head + "-- since: a\nSELECT a, b FROM ledger.y":               "without scopes",
		head + "-- touched by x.y: SELECT a\nSELECT a, b FROM x.y":    "without scopes",
		head + "-- materialized: table\nSELECT a, b FROM ledger.y":    "materialized: view",
		head + "-- input ledger.y: FROM z\nSELECT a, b FROM ledger.y": "without scopes",
	} {
		if _, err := models.ParseHeader("x.sql", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}
