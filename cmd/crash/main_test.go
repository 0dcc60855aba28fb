//go:build linux && amd64

package main

import (
	"maps"
	"slices"
	"testing"

	"fcpipe/cmd/crash/faults"
	"fcpipe/cmd/crash/harness"
)

func TestOnlyFindsATrialByItsNameOrByAnExpression(t *testing.T) {
	names := []string{"first round/call 1", "first round/call 10", "first round/call 1 fails with EIO once, write lake/data/accounts/*.parquet"}
	for only, want := range map[string][]string{
		names[0]:      {names[0]},
		names[2]:      {names[2]},
		"call 1$":     {names[0]},
		"call 1[0 ]":  {names[1], names[2]},
		"EIO.once, w": {names[2]},
	} {
		got, err := choose(names, only)
		if sorted := slices.Sorted(maps.Keys(got)); err != nil || !slices.Equal(sorted, slices.Sorted(slices.Values(want))) {
			t.Errorf("%q chooses %q, %v; want %q", only, sorted, err, want)
		}
	}
	for _, only := range []string{"call 2", "*.parquet"} {
		if got, err := choose(names, only); err == nil {
			t.Errorf("%q chooses %v; want an error", only, got)
		}
	}
}

func TestOnlyBuildsEverythingThatAFullRunHas(t *testing.T) {
	for _, o := range []options{{only: "chain 740"}, {only: "storm", compound: 24, publishes: 0}} {
		if chains := len(faults.ChainsOfKills([]*harness.Scenario{{Name: "a day later"}}, o.chains())); chains < 9000/faults.KillsOfChain+1 {
			t.Errorf("%+v has %d chains", o, chains)
		}
		if o.storms() < 1 {
			t.Errorf("%+v has no publish", o)
		}
	}
	if few := (options{compound: 24}).chains(); few != 3 {
		t.Errorf("%d chains for 24 kills", few)
	}
}
