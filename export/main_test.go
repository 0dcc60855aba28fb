package export

import (
	"flag"
	"os"
	"testing"
)

var proof = flag.Bool("proof", false, "whole sweeps instead of samples of them: make proof")

// TestMain lets a run of all tests of the package run every benchmark once too, on little data.
func TestMain(m *testing.M) {
	flag.Parse()
	if benchmarksToo() {
		_ = flag.Set("test.bench", ".")
		_ = flag.Set("test.benchtime", "1x")
	}
	os.Exit(m.Run())
}

// benchmarksToo is false where the command line chose what runs.
func benchmarksToo() bool {
	for _, choice := range []string{"test.run", "test.skip", "test.list", "test.bench", "test.fuzz"} {
		if flag.Lookup(choice).Value.String() != "" {
			return false
		}
	}
	return true
}
