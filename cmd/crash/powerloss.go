//go:build linux && amd64

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"fcpipe/cmd/crash/powercut"
)

// noticed counts states after a power cut in which something is wrong.
const noticed = "noticed"

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

// powerCuts cuts the power after every change of every recorded round, on both kinds of file system.
func powerCuts(all []*scenario) (trials []trial) {
	for _, model := range []powercut.Model{powercut.Journaling, powercut.Strict} {
		seen := &seenStates{seen: map[string]bool{}}
		for _, s := range all {
			for n := 1; n <= len(s.changes); n++ {
				id := fmt.Sprintf("%s/%s, power cut after change %d", s.name, model, n)
				trials = append(trials, trial{id, func(ctx context.Context, w *worker, random *rand.Rand) (result, error) {
					return w.withoutPower(ctx, s, model, s.changes[:n], seen, random, true)
				}})
			}
		}
	}
	return trials
}

// control is a disk, or a program, that forgets an fsync: the proof must notice.
type control struct {
	name  string
	model powercut.Model // the kind of file system on which it matters
	drops func(powercut.Operation) bool
}

var controls = []control{
	{name: "without the fsync of the next generation", drops: func(o powercut.Operation) bool {
		return strings.HasPrefix(o.Path, "state/next.duckdb")
	}},
	{name: "without the fsync of Parquet files", drops: func(o powercut.Operation) bool {
		return strings.HasPrefix(o.Path, "lake/.incoming/")
	}},
	{name: "without the fsync of the names in lake/current", model: powercut.Strict, drops: func(o powercut.Operation) bool {
		return strings.HasPrefix(o.Path, "lake/views")
	}},
}

// cuts are the same cuts where an fsync is missing.
func (c control) cuts(all []*scenario) (trials []trial) {
	seen := &seenStates{seen: map[string]bool{}}
	for _, s := range all {
		changes := slices.DeleteFunc(slices.Clone(s.changes), func(o powercut.Operation) bool {
			return o.Kind == powercut.Sync && c.drops(o)
		})
		if len(changes) == len(s.changes) {
			continue
		}
		for n := 1; n <= len(changes); n++ {
			id := fmt.Sprintf("%s/%s, power cut after change %d", s.name, c.name, n)
			trials = append(trials, trial{id, func(ctx context.Context, w *worker, random *rand.Rand) (result, error) {
				return w.withoutPower(ctx, s, c.model, changes[:n], seen, random, false)
			}})
		}
	}
	return trials
}

// withoutPower rebuilds what a power cut may leave after some changes and looks at each state
// as a reader does; some it reads whole, and lets a clean round recover from them. Which, does
// not depend on what others tried before: one trial alone does the same.
func (w *worker) withoutPower(ctx context.Context, s *scenario, model powercut.Model, changes []powercut.Operation, seen *seenStates, random *rand.Rand, recovers bool) (got result, err error) {
	disk := powercut.New(model)
	if err := disk.Load(s.data); err != nil {
		return got, err
	}
	for _, o := range changes {
		disk.Apply(o)
	}
	requests := changes[len(changes)-1].Requests
	got.counts = map[string]int{}
	for _, state := range disk.States(random, randomStates) {
		chosen := random.IntN(recoverEach) == 0 && recovers
		if !seen.first(state, requests) {
			continue
		}
		got.points++
		if err := errors.Join(w.fresh(s.concurrency), state.Write(w.data()), w.putWorld(s.worlds[min(requests, len(s.worlds)-1)])); err != nil {
			return got, err
		}
		w.history = s.history
		problems, err := w.checkReadable(ctx, chosen)
		if err != nil {
			return got, err
		}
		if len(problems) > 0 {
			got.counts[noticed]++
		}
		if chosen || recovers && len(problems) > 0 {
			got.counts["read whole and recovered to the truth"]++
			recovered, err := w.recover(ctx)
			if err != nil {
				return got, err
			}
			problems = append(problems, recovered...)
		}
		for _, problem := range problems {
			got.problems = append(got.problems, state.Name+": "+problem)
		}
	}
	return got, nil
}
