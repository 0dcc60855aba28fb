//go:build linux && amd64

package main

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"fcpipe/cmd/crash/faults"
	"fcpipe/cmd/crash/harness"
)

func TestOnlyFindsATrialByItsNameOrByAnExpression(t *testing.T) {
	names := []string{
		"first round/call 1", "first round/call 10",
		"first round/call 1 fails with EIO once, write lake/data/accounts/*.parquet",
	}
	for only, want := range map[string][]string{
		names[0]:      {names[0]},
		names[2]:      {names[2]},
		"call 1$":     {names[0]},
		"call 1[0 ]":  {names[1], names[2]},
		"EIO.once, w": {names[2]},
	} {
		got, err := choose(names, only)
		slices.Sort(want)
		if sorted := slices.Sorted(maps.Keys(got)); err != nil || !slices.Equal(sorted, want) {
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
	for _, o := range []options{{only: "chain 740"}, {only: "readers stress", compound: 24, publishes: 0}} {
		chains := len(faults.KillChains([]*harness.Scenario{{Name: "a day later"}}, o.chains()))
		if chains < 9000/faults.KillsPerChain+1 {
			t.Errorf("%+v has %d chains", o, chains)
		}
		if o.publishesUnderReaders() < 1 {
			t.Errorf("%+v has no publish", o)
		}
	}
	if few := (options{compound: 24}).chains(); few != 3 {
		t.Errorf("%d chains for 24 kills", few)
	}
}

func TestASampleHasSomeOfEachKind(t *testing.T) {
	var trials []harness.Trial
	for n := range 100 {
		trials = append(trials, harness.Trial{ID: strconv.Itoa(n), Kind: "many"})
	}
	for n := range 3 {
		trials = append(trials, harness.Trial{ID: strconv.Itoa(100 + n), Kind: "few"})
	}
	kinds := map[string]int{}
	ordered := sample(trials, 7)
	for _, trial := range ordered[:6] {
		kinds[trial.Kind]++
	}
	if kinds["few"] != 3 || kinds["many"] != 3 || len(ordered) != len(trials) {
		t.Errorf("the first six are %v", kinds)
	}
	again := sample(trials, 7)
	if !slices.EqualFunc(ordered, again, func(a, b harness.Trial) bool { return a.ID == b.ID }) {
		t.Error("the same seed draws another sample")
	}
}

func TestAProgramWithSwitchesOfTestsIsNotShipped(t *testing.T) {
	for content, want := range map[string]error{"a program": nil, "getenv FCPIPE_TEST_FAIL_AT": errSwitches} {
		path := filepath.Join(t.TempDir(), "fcpipe")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkShipped(path); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", content, err, want)
		}
	}
}
