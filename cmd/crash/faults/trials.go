//go:build linux && amd64

package faults

import (
	"context"
	"math/rand/v2"

	"fcpipe/cmd/crash/harness"
)

// run is what a trial does; see harness.Trial.
type run = func(ctx context.Context, w *harness.Worker, random *rand.Rand) (result, error)

// result is short for what every trial returns.
type result = harness.Result

// trial puts a scenario's name before that of what is tried.
func trial(s *harness.Scenario, kind, name string, run run) harness.Trial {
	return harness.Trial{ID: s.Name + "/" + name, Kind: kind, Run: run}
}

// within says of each problem in which circumstances it was found.
func within(circumstances string, problems []string) (all []string) {
	for _, problem := range problems {
		all = append(all, circumstances+": "+problem)
	}
	return all
}
