package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestTheRangeOfIncomeClaimsNoMoreThanWasMeasured: the page says for every number of months how many months to come
// lay in the range, and underwriting.income_summary claims no higher share.
func TestTheRangeOfIncomeClaimsNoMoreThanWasMeasured(t *testing.T) {
	page, err := os.ReadFile("../../schema/EVALUATION.md")
	if err != nil {
		t.Fatal(err)
	}
	model, err := os.ReadFile("../../schema/underwriting/income_summary.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(model), "least((n - 1)::DOUBLE / (n + 1), ")
	limit, _, _ := strings.Cut(after, ")")
	most, err := strconv.ParseFloat(limit, 64)
	if !found || err != nil {
		t.Fatalf("the limit of the claim is %q: %v", limit, err)
	}
	_, table, _ := strings.Cut(string(page), "| income of a month to come, by months known |")
	highest := 0.0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		known, err := strconv.Atoi(strings.TrimPrefix(cells[0], "| "))
		if err != nil {
			continue
		}
		within, err := strconv.ParseFloat(cells[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		if within < nominal(known) {
			t.Errorf("of %d months %.4f are claimed and %.4f were measured", known, nominal(known), within)
		}
		highest = max(highest, nominal(known))
	}
	if highest == 0 || most > highest {
		t.Errorf("%.4f is claimed, at most %.4f was measured", most, highest)
	}
}
