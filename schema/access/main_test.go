package access_test

import (
	"os"
	"testing"

	"fcpipe/schema/storetest"
)

// few are derived tables of several kinds, and they read most others; with -proof a copy is held to all tables.
var few = []string{"expenses.merchant_month", "underwriting.flow_days"}

func TestMain(m *testing.M) {
	storetest.Only(few...)
	os.Exit(m.Run())
}
