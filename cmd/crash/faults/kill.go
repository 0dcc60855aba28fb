//go:build linux && amd64

package faults

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/oracle"
)

// SingleKills kills every scenario before every call that matters, at every stage of every
// request and at every named point; each time a clean round must come to the truth.
func SingleKills(all []*harness.Scenario) (trials []harness.Trial) {
	for _, s := range all {
		for n := 1; n <= s.Calls; n++ {
			trials = append(trials, harness.Trial{ID: fmt.Sprintf("%s/call %d", s.Name, n), Run: func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (harness.Result, error) {
				return killedOnce(ctx, w, s, func() (harness.Death, error) { return w.KillAt(n) })
			}})
		}
		for n := 1; n <= s.Requests; n++ {
			for _, when := range harness.Stages {
				trials = append(trials, harness.Trial{ID: fmt.Sprintf("%s/request %d, stage %d", s.Name, n, when), Run: func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (harness.Result, error) {
					return killedOnce(ctx, w, s, func() (harness.Death, error) { return w.KillInRequest(n, when) })
				}})
			}
		}
		for _, point := range s.Points {
			for _, action := range slices.Sorted(maps.Keys(harness.Deaths)) {
				trials = append(trials, harness.Trial{ID: s.Name + "/" + action + " at " + point, Run: func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (harness.Result, error) {
					return killedOnce(ctx, w, s, func() (harness.Death, error) { return w.DieAt(action, point) })
				}})
			}
		}
	}
	return trials
}

// killedOnce is a story in three acts: a round dies, a reader looks, a clean round follows.
func killedOnce(ctx context.Context, w *harness.Worker, s *harness.Scenario, die func() (harness.Death, error)) (got harness.Result, err error) {
	if err := w.Begin(s); err != nil {
		return got, err
	}
	d, err := die()
	if err != nil {
		return got, err
	}
	if d.Came() {
		got.Points = 1
	}
	problems, err := checkAfter(ctx, w, d)
	if err != nil {
		return got, err
	}
	recovered, err := w.Recover(ctx)
	for _, problem := range append(problems, recovered...) {
		got.Problems = append(got.Problems, "killed before "+d.Where+": "+problem)
	}
	return got, err
}

// checkAfter holds what a round left to what its end promises: all is there, or a reader sees no harm.
func checkAfter(ctx context.Context, w *harness.Worker, d harness.Death) (problems []string, err error) {
	switch {
	case d.Came():
		return w.Oracle.CheckReadable(ctx, false)
	case d.Ended():
		return w.Oracle.CheckComplete(ctx)
	}
	return []string{fmt.Sprintf("I11: ended with %+v, not with %+v or well: %s", d.Exit, d.Wanted, w.Said())}, nil
}

// KillsOfChain is how often a life of a directory is cut short before it is held to the truth.
const KillsOfChain = 12

// ChainsOfKills kills rounds, and the rounds that recover from them, at random points, time
// after time. Rounds that get to their end live through another day.
func ChainsOfKills(all []*harness.Scenario, chains int) (trials []harness.Trial) {
	for n := range chains {
		s := all[n%len(all)]
		trials = append(trials, harness.Trial{ID: fmt.Sprintf("chain %d from %s", n, s.Name), Run: func(ctx context.Context, w *harness.Worker, random *rand.Rand) (harness.Result, error) {
			return liveThroughKills(ctx, w, s, random)
		}})
	}
	return trials
}

func liveThroughKills(ctx context.Context, w *harness.Worker, s *harness.Scenario, random *rand.Rand) (got harness.Result, err error) {
	if err := w.Begin(s); err != nil {
		return got, err
	}
	var story []string
	blame := func(problems []string) {
		for _, problem := range problems {
			got.Problems = append(got.Problems, strings.Join(story, ", ")+": "+problem)
		}
	}
	seen := ""
	for got.Points < KillsOfChain && len(got.Problems) == 0 {
		d, err := killSomewhere(w, s, random)
		if err != nil {
			return got, err
		}
		shown, err := oracle.ReaderView(w.Data())
		if err != nil {
			return got, err
		}
		if d.Came() {
			got.Points++
			story = append(story, "killed before "+d.Where)
		} else {
			story = append(story, "a whole round")
		}
		if !d.Came() || shown != seen { // else a reader sees what it saw
			problems, err := checkAfter(ctx, w, d)
			if err != nil {
				return got, err
			}
			blame(problems)
		}
		seen = shown
		if d.Ended() {
			w.Oracle.World.Advance(time.Duration(12+random.IntN(30)) * time.Hour)
		}
	}
	problems, err := w.Recover(ctx)
	blame(problems)
	return got, err
}

// killSomewhere kills a round before a random call or in a random request.
func killSomewhere(w *harness.Worker, s *harness.Scenario, random *rand.Rand) (harness.Death, error) {
	if random.IntN(5) == 0 {
		return w.KillInRequest(1+random.IntN(s.Requests+2), harness.Stages[random.IntN(len(harness.Stages))])
	}
	return w.KillAt(1 + random.IntN(560))
}
