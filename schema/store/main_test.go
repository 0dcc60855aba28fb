package store_test

import (
	"os"
	"testing"

	"fcpipe/schema/benchtest"
	"fcpipe/schema/storetest"
)

// proof asks for whole sweeps and long histories, of which every other run takes a sample.
var proof = storetest.Proof

// TestMain leaves the store few derived tables: it derives them all in the same way.
func TestMain(m *testing.M) {
	storetest.Only(storetest.Core...)
	os.Exit(benchtest.Run(m))
}
