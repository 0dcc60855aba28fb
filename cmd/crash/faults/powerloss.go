//go:build linux && amd64

package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/powercut"
)

// Noticed counts states after a power cut in which something is wrong.
const Noticed = "noticed"

const (
	randomStates = 4 // beside the three that are always tried, after each change
	recoverEach  = 8 // one state of so many is read whole and brought to the truth by a clean round; all are looked at
)

// seenStates remembers states, so that none is tried twice.
type seenStates struct {
	mutex sync.Mutex
	seen  map[string]bool
}

func (s *seenStates) first(state powercut.State, requests int) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key := fmt.Sprint(state.Hash, requests)
	before := s.seen[key]
	s.seen[key] = true
	return !before
}

// PowerCuts cuts the power after every change of every recorded round, on both kinds of file system.
func PowerCuts(all []*harness.Scenario) (trials []harness.Trial) {
	for _, model := range []powercut.Model{powercut.Journaling, powercut.Strict} {
		seen := &seenStates{seen: map[string]bool{}}
		for _, s := range all {
			for n := 1; n <= len(s.Changes); n++ {
				id := fmt.Sprintf("%s/%s, power cut after change %d", s.Name, model, n)
				trials = append(trials, harness.Trial{ID: id, Run: func(ctx context.Context, w *harness.Worker, random *rand.Rand) (harness.Result, error) {
					return withoutPower(ctx, w, s, model, s.Changes[:n], seen, random, true)
				}})
			}
		}
	}
	return trials
}

// Control is a disk, or a program, that forgets an fsync: the proof must notice.
type Control struct {
	Name  string
	model powercut.Model // the kind of file system on which it matters
	drops func(powercut.Operation) bool
}

// Controls are the proofs of the proof: in each, states in which something is wrong must be noticed.
var Controls = []Control{
	{Name: "without the fsync of the next generation", drops: func(o powercut.Operation) bool {
		return strings.HasPrefix(o.Path, "state/next.duckdb")
	}},
	{Name: "without the fsync of Parquet files", drops: func(o powercut.Operation) bool {
		return strings.HasPrefix(o.Path, "lake/.incoming/")
	}},
	{Name: "without the fsync of the names in lake/current", model: powercut.Strict, drops: func(o powercut.Operation) bool {
		return strings.HasPrefix(o.Path, "lake/views")
	}},
}

// Cuts are the same cuts where an fsync is missing.
func (c Control) Cuts(all []*harness.Scenario) (trials []harness.Trial) {
	seen := &seenStates{seen: map[string]bool{}}
	for _, s := range all {
		changes := slices.DeleteFunc(slices.Clone(s.Changes), func(o powercut.Operation) bool {
			return o.Kind == powercut.Sync && c.drops(o)
		})
		if len(changes) == len(s.Changes) {
			continue
		}
		for n := 1; n <= len(changes); n++ {
			id := fmt.Sprintf("%s/%s, power cut after change %d", s.Name, c.Name, n)
			trials = append(trials, harness.Trial{ID: id, Run: func(ctx context.Context, w *harness.Worker, random *rand.Rand) (harness.Result, error) {
				return withoutPower(ctx, w, s, c.model, changes[:n], seen, random, false)
			}})
		}
	}
	return trials
}

// withoutPower rebuilds what a power cut may leave after some changes and looks at each state
// as a reader does; some it reads whole, and lets a clean round recover from them. Which, does
// not depend on what others tried before: one trial alone does the same.
func withoutPower(ctx context.Context, w *harness.Worker, s *harness.Scenario, model powercut.Model, changes []powercut.Operation, seen *seenStates, random *rand.Rand, recovers bool) (got harness.Result, err error) {
	disk := powercut.New(model)
	if err := disk.Load(s.Data); err != nil {
		return got, err
	}
	for _, o := range changes {
		disk.Apply(o)
	}
	requests := changes[len(changes)-1].Requests
	got.Counts = map[string]int{}
	for _, state := range disk.States(random, randomStates) {
		chosen := random.IntN(recoverEach) == 0 && recovers
		if !seen.first(state, requests) {
			continue
		}
		got.Points++
		if err := errors.Join(w.Fresh(s.Concurrency), state.Write(w.Data()), w.PutWorld(s.Worlds[min(requests, len(s.Worlds)-1)])); err != nil {
			return got, err
		}
		w.Oracle.History = s.History
		problems, err := w.Oracle.CheckReadable(ctx, chosen)
		if err != nil {
			return got, err
		}
		if len(problems) > 0 {
			got.Counts[Noticed]++
		}
		if chosen || recovers && len(problems) > 0 {
			got.Counts["read whole and recovered to the truth"]++
			recovered, err := w.Recover(ctx)
			if err != nil {
				return got, err
			}
			problems = append(problems, recovered...)
		}
		for _, problem := range problems {
			got.Problems = append(got.Problems, state.Name+": "+problem)
		}
	}
	return got, nil
}
