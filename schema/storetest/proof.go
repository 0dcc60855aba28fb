package storetest

import (
	"flag"
	"testing"
)

// Proof asks for whole sweeps and long histories, of which every other run takes a sample.
var Proof = flag.Bool("proof", false, "whole sweeps and long histories instead of samples of them: make proof")

// ForProof leaves a test to make proof: it is skipped without the flag -proof. make test prints how many tests call
// it; cmd/crash/INVARIANTS.md names each, and what of it make test runs.
func ForProof(t *testing.T) {
	t.Helper()
	if !*Proof {
		t.Skip("left to make proof")
	}
}
