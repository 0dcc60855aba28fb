//go:build linux && amd64

package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/powercut"
)

// Noticed counts states after a power cut in which something is wrong.
const Noticed = "noticed"

const (
	randomStates = 4 // beside the three that are always tried, after each change
	recoverEach  = 8 // one state of so many is read whole and recovered from by a clean round; a reader looks at all
)

// PowerCuts cuts the power after every change of every recorded round, on both kinds of file system.
func PowerCuts(all []*harness.Scenario) (trials []harness.Trial) {
	for _, model := range []powercut.Model{powercut.Journaling, powercut.Strict} {
		seen := &seenStates{seen: map[string]bool{}}
		for _, s := range all {
			for n := 1; n <= len(s.Changes); n++ {
				cut := powerCut{scenario: s, model: model, changes: s.Changes[:n], seen: seen, recover: true}
				name := fmt.Sprintf("%s, power cut after change %d", model, n)
				trials = append(trials, trial(s, model.String()+s.Name, name, cut.run))
			}
		}
	}
	return trials
}

// powerCut is a cut of the power in a recorded round. The states that it may leave are looked at as a reader does;
// some are read whole, and a clean round recovers from them.
type powerCut struct {
	scenario *harness.Scenario
	model    powercut.Model
	changes  []powercut.Operation // before the cut; at least one
	seen     *seenStates          // by this cut and by others
	recover  bool                 // false only looks as a reader does
}

// run rebuilds the states and looks at each. Which of them are read whole does not depend on what other trials saw: one
// trial alone does the same.
func (c powerCut) run(ctx context.Context, w *harness.Worker, random *rand.Rand) (got result, err error) {
	disk := powercut.New(c.model)
	if err := disk.Load(c.scenario.Data); err != nil {
		return got, err
	}
	for _, o := range c.changes {
		disk.Apply(o)
	}
	got.Counts = map[string]int{}
	for _, state := range disk.States(random, randomStates) {
		whole := random.IntN(recoverEach) == 0 && c.recover
		if !c.seen.add(state, c.requests()) {
			continue
		}
		got.Points++
		problems, err := c.check(ctx, w, state, whole, got.Counts)
		if err != nil {
			return got, err
		}
		got.Problems = append(got.Problems, within(state.Name, problems)...)
	}
	return got, nil
}

// requests is how many were served before the cut.
func (c powerCut) requests() int { return c.changes[len(c.changes)-1].Requests }

// check puts a state in place and looks at it.
func (c powerCut) check(ctx context.Context, w *harness.Worker, state powercut.State, whole bool, counts map[string]int,
) (problems []string, err error) {
	if err := w.BeginWith(c.scenario, c.requests(), state.Write); err != nil {
		return nil, err
	}
	if problems, err = w.Oracle.CheckReadable(ctx, whole); err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		counts[Noticed]++
	}
	if whole || c.recover && len(problems) > 0 {
		counts["read whole and recovered to the truth"]++
		recovered, err := w.Recover(ctx)
		return append(problems, recovered...), err
	}
	return problems, nil
}

// seenStates remembers states, so that none is tried twice.
type seenStates struct {
	mutex sync.Mutex
	seen  map[string]bool
}

// add reports whether a state, with so many requests served, was not seen before.
func (s *seenStates) add(state powercut.State, requests int) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key := fmt.Sprint(state.Hash, requests)
	before := s.seen[key]
	s.seen[key] = true
	return !before
}
