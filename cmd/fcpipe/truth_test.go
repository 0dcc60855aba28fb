package main

import (
	"context"

	"fcpipe/cmd/crash/oracle"
	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

// failer is a test or a script.
type failer interface{ Check(error) }

// differences compares the published file with the simulator's ground truth; the oracle of the crash harness does.
func differences(f failer, truth simulator.Truth, layout schema.Layout) []string {
	found, err := oracle.Differences(context.Background(), truth, layout.Dir)
	f.Check(err)
	return found
}
