package stored_test

import (
	"os"
	"testing"

	"fcpipe/schema/storetest"
)

// TestMain leaves the tests the derived tables that rules change.
func TestMain(m *testing.M) {
	storetest.Only("expenses.transactions")
	os.Exit(m.Run())
}
