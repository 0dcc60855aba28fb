package text_test

import (
	"os"
	"testing"

	"fcpipe/schema/models/text"
)

// lines reads a table of rules.
func lines(t *testing.T, file string) []map[string]string {
	t.Helper()
	rows, err := text.Table(os.DirFS("."), file)
	if err != nil || len(rows) == 0 {
		t.Fatal(file, len(rows), err)
	}
	return rows
}

// TestEveryRuleReadsItsExample: each line of the tables of rules has a text, and what is found in it.
func TestEveryRuleReadsItsExample(t *testing.T) {
	for _, file := range []string{"templates.csv", "tails.csv", "processors.csv", "heads.csv"} {
		for _, line := range lines(t, file) {
			got := text.Read(line["example"])
			found := map[string]string{
				"merchant": got.Merchant, "counterparty": got.Counterparty, "place": got.Place,
				"reference": got.Reference, "card": got.CardDigits, "processor": got.Processor,
			}
			if file == "templates.csv" {
				found["id"], found["rail"] = got.Template, got.Rail
			}
			for field, value := range found {
				want, stated := line[field]
				if stated && value != want {
					t.Errorf("%s: %q: the %s is %q, want %q", file, line["example"], field, value, want)
				}
			}
		}
	}
	for _, line := range lines(t, "rails.csv") {
		if got := text.Read(line["example"]); got.Rail != line["rail"] {
			t.Errorf("rails.csv: %s: %q: the rail is %q, want %q", line["id"], line["example"], got.Rail, line["rail"])
		}
	}
}

// TestEveryTemplateHasAnIDOfItsOwn: the column template of ledger.descriptions names one line.
func TestEveryTemplateHasAnIDOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, line := range lines(t, "templates.csv") {
		if seen[line["id"]] || line["example"] == "" {
			t.Errorf("%s: the id is taken, or there is no example", line["id"])
		}
		seen[line["id"]] = true
	}
}
