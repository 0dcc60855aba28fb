package storetest_test

import (
	"os"
	"slices"
	"testing"

	"fcpipe/schema/models"
	"fcpipe/schema/storetest"
)

func TestMain(m *testing.M) {
	storetest.Only(storetest.Core...)
	os.Exit(m.Run())
}

// TestCoreIsWhole: of few tables those that they read are kept, others are absent, and a store derives them and is
// verified by the rules that name none of the absent ones.
func TestCoreIsWhole(t *testing.T) {
	absent, err := models.Absent()
	if err != nil {
		t.Fatal(err)
	}
	for name, gone := range map[string]bool{
		"ledger.dated_transactions": false, "ledger.account_weeks": false, "ledger.labels": true,
		"underwriting.cash_flow_month": true,
	} {
		if slices.Contains(absent, name) != gone {
			t.Errorf("%s: is it absent? want %v", name, gone)
		}
	}
	wantDerived(t, storetest.NewToDerive(t), "0")
}

// TestAllTablesAreThereWhenAskedFor, with every rule.
func TestAllTablesAreThereWhenAskedFor(t *testing.T) {
	if !storetest.AllTables(t) {
		return
	}
	if absent, err := models.Absent(); err != nil || len(absent) > 0 {
		t.Errorf("%v, %v", absent, err)
	}
	wantDerived(t, storetest.NewToDerive(t), "1")
}

// wantDerived publishes rows, and looks for the tables that read most of the others. What a later round maintains is
// told of by the tests of models, and by make proof.
func wantDerived(t *testing.T, s *storetest.Store, found string) {
	t.Helper()
	rounds := 1
	if *storetest.Proof {
		rounds = 2
	}
	for day := range rounds {
		s.Clock = s.Clock.AddDate(0, 0, 1)
		s.Published(day + 1)
	}
	s.Want("SELECT count(*) > 0 FROM ledger.dated_transactions", "true")
	s.Want("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'expenses' AND table_name = 'anomalies'", found)
}
