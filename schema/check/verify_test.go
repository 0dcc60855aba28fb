package check_test

import (
	"os"
	"slices"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/storetest"
)

// TestFindingsComeInOneOrder: what is wrong beside the file is listed the same way each time.
func TestFindingsComeInOneOrder(t *testing.T) {
	s := storetest.New(t)
	s.Round(schema.Landed{Accounts: []schema.Account{storetest.Account("fca_1")}})
	if err := os.Mkdir(s.Layout().Lake(), 0o700); err != nil {
		t.Fatal(err)
	}
	open := []string{s.Layout().Database(), s.Layout().Lake(), s.Layout().State()}
	for _, path := range open {
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		findings, err := check.VerifyPermissions(s.Layout())
		if err != nil {
			t.Fatal(err)
		}
		var where []string
		for _, f := range findings {
			where = append(where, f.Where)
		}
		if !slices.Equal(where, []string{"fcpipe.duckdb", "lake", "state"}) {
			t.Fatalf("found %v", where)
		}
	}
	for _, path := range open {
		if err := os.Chmod(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}
