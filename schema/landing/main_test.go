package landing_test

import (
	"os"
	"testing"

	"fcpipe/schema/storetest"
)

// TestMain leaves the tests few derived tables: what these are is no matter of this package.
func TestMain(m *testing.M) {
	storetest.Only(storetest.Core...)
	os.Exit(m.Run())
}
