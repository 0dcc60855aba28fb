package storetest_test

import (
	"io/fs"
	"slices"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/models"
	"fcpipe/schema/storetest"
)

// TestModelsWithoutStreamsAreWhole: streams are gone and the rest is there; what is left reads nothing that is gone.
func TestModelsWithoutStreamsAreWhole(t *testing.T) {
	var names [2][]string
	left := storetest.Without(storetest.TablesOfStreams())
	for i, files := range []fs.FS{schema.ModelFiles, left} {
		headers, err := models.LoadHeaders(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range headers {
			names[i] = append(names[i], h.Name)
		}
	}
	if len(names[1]) >= len(names[0]) {
		t.Errorf("%d of %d models are left", len(names[1]), len(names[0]))
	}
	for _, name := range []string{"ledger.transactions", "expenses.category_month", "underwriting.cash_flow_month"} {
		if !slices.Contains(names[1], name) {
			t.Errorf("%s is left out, too", name)
		}
	}
	was := models.Files
	defer func() { models.Files = was }()
	models.Files = left
	s := storetest.NewDerivedStore(t)
	s.Clock = s.Clock.AddDate(0, 0, 1)
	s.Published(1)
	if found := s.Query("SELECT count(*)::VARCHAR FROM ledger.transactions"); found == "0" {
		t.Error("nothing was derived")
	}
}
