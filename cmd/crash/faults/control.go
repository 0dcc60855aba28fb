//go:build linux && amd64

package faults

import (
	"fmt"
	"slices"
	"strings"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/powercut"
)

// Control is a program that forgets an fsync: the proof must notice, or it is blind.
type Control struct {
	Name  string
	model powercut.Model // the kind of file system on which it matters
	below string         // the fsyncs of what is below this path are left out
}

// Controls are all there are.
var Controls = []Control{
	{Name: "without the fsync of the next generation", model: powercut.Journaling, below: "state/next.duckdb"},
	{Name: "without the fsync of Parquet files", model: powercut.Journaling, below: "lake/.incoming/"},
	{Name: "without the fsync of the names in lake/current", model: powercut.Strict, below: "lake/views"},
}

// Cuts are power cuts in the recorded rounds, with the fsync left out, that a reader looks at.
func (c Control) Cuts(all []*harness.Scenario) (trials []harness.Trial) {
	seen := &seenStates{seen: map[string]bool{}}
	for _, s := range all {
		changes := slices.DeleteFunc(slices.Clone(s.Changes), func(o powercut.Operation) bool {
			return o.Kind == powercut.Sync && strings.HasPrefix(o.Path, c.below)
		})
		if len(changes) == len(s.Changes) {
			continue
		}
		for n := 1; n <= len(changes); n++ {
			cut := powerCut{scenario: s, model: c.model, changes: changes[:n], seen: seen}
			trials = append(trials, trial(s, s.Name, fmt.Sprintf("%s, power cut after change %d", c.Name, n), cut.run))
		}
	}
	return trials
}
