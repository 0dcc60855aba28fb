package access_test

import (
	"os"
	"testing"

	"fcpipe/schema/storetest"
)

// TestMain leaves the tests few derived tables; the copy of one holder is held to more, and with -proof to all of them.
func TestMain(m *testing.M) {
	storetest.Only(storetest.Core...)
	os.Exit(m.Run())
}
