package models_test

import (
	"os"
	"strings"
	"testing"

	"fcpipe/schema/models"
	"fcpipe/schema/storetest"
)

// TestTheExampleOfTheDocumentationIsMaintained: the model that doc.go shows is one, and rounds that change its rows
// keep it right.
func TestTheExampleOfTheDocumentationIsMaintained(t *testing.T) {
	storetest.ForProof(t)
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(strings.ReplaceAll(string(text), "\n//\t", "\n"), "\n-- model:")
	example, _, _ = strings.Cut("-- model:"+example, "\n//\n")
	shown, err := models.ParseHeader("doc.go", example)
	if err != nil {
		t.Fatal(err)
	}
	find := func() ([]models.Header, error) {
		headers, err := models.LoadHeaders(models.Some("ledger.transactions")) // which it reads
		if err != nil {
			return nil, err
		}
		return models.OrderModels(append(headers, shown))
	}
	only := func() (one []models.Header, err error) {
		all, err := find()
		for _, h := range all {
			if h.Name == shown.Name {
				one = append(one, h)
			}
		}
		return one, err
	}
	b := newRandomBank(t, 5)
	b.deriveWith(find, false)
	b.exec("CREATE TABLE main.kept AS FROM expenses.visits")
	for range 3 {
		b.round(24)
		b.deriveWith(find, false)
		if found, err := models.CompareModels(t.Context(), b.database, everything, only); err != nil || len(found) > 0 {
			t.Fatal(found, err)
		}
	}
	changed := b.strings("SELECT month FROM (FROM expenses.visits EXCEPT FROM main.kept)")
	if len(changed) == 0 || shown.Name != "expenses.visits" {
		t.Errorf("%s: no row of it changed", shown.Name)
	}
}
