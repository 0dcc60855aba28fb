//go:build linux && amd64

package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"time"

	"fcpipe/cmd/crash/tracer"
)

// singleKills kills every scenario before every call that matters, at every stage of every
// request and at every named point; each time a clean round must come to the truth.
func singleKills(all []*scenario) (trials []trial) {
	for _, s := range all {
		for n := 1; n <= s.calls; n++ {
			trials = append(trials, trial{fmt.Sprintf("%s/call %d", s.name, n), func(ctx context.Context, w *worker, _ *rand.Rand) (result, error) {
				return w.killedOnce(ctx, s, func() (death, error) { return w.killAt(n) })
			}})
		}
		for n := 1; n <= s.requests; n++ {
			for _, when := range stages {
				trials = append(trials, trial{fmt.Sprintf("%s/request %d, stage %d", s.name, n, when), func(ctx context.Context, w *worker, _ *rand.Rand) (result, error) {
					return w.killedOnce(ctx, s, func() (death, error) { return w.killInRequest(n, when) })
				}})
			}
		}
		for _, point := range s.points {
			for _, action := range slices.Sorted(maps.Keys(deaths)) {
				trials = append(trials, trial{s.name + "/" + action + " at " + point, func(ctx context.Context, w *worker, _ *rand.Rand) (result, error) {
					return w.killedOnce(ctx, s, func() (death, error) { return w.dieAt(action, point) })
				}})
			}
		}
	}
	return trials
}

// killedOnce is a story in three acts: a round dies, a reader looks, a clean round follows.
func (w *worker) killedOnce(ctx context.Context, s *scenario, die func() (death, error)) (got result, err error) {
	if err := w.begin(s); err != nil {
		return got, err
	}
	d, err := die()
	if err != nil {
		return got, err
	}
	if d.came() {
		got.points = 1
	}
	problems, err := w.checkAfter(ctx, d)
	if err != nil {
		return got, err
	}
	recovered, err := w.recover(ctx)
	for _, problem := range append(problems, recovered...) {
		got.problems = append(got.problems, "killed before "+d.where+": "+problem)
	}
	return got, err
}

// death is how a round ended that was to die.
type death struct {
	where        string
	wanted, exit tracer.Exit
}

var killed = tracer.Exit{Code: -1, Signal: syscall.SIGKILL}

// deaths are how a round ends that is killed, told to stop, or meets a defect of its own. One that is
// told to stop when all is done may end well.
var deaths = map[string]tracer.Exit{"kill": killed, "term": {Code: 143}, "panic": {Code: 2}}

func (d death) came() bool { return d.exit == d.wanted }

// ended is a round that came to its end before anything could kill it.
func (d death) ended() bool { return d.exit == tracer.Exit{} }

// checkAfter holds what a round left to what its end promises: all is there, or a reader sees no harm.
func (w *worker) checkAfter(ctx context.Context, d death) (problems []string, err error) {
	switch {
	case d.came():
		return w.checkReadable(ctx, false)
	case d.ended():
		return w.checkComplete(ctx)
	}
	return []string{fmt.Sprintf("I11: ended with %+v, not with %+v or well: %s", d.exit, d.wanted, w.said())}, nil
}

// dieAt runs a round that ends itself at a named point.
func (w *worker) dieAt(action, point string) (d death, err error) {
	d.where, d.wanted = point, deaths[action]
	d.exit, err = w.traced(nil, pass, "FCPIPE_TEST_FAIL_AT="+action+":"+point)
	return d, err
}

// killsOfChain is how often a life of a directory is cut short before it is held to the truth.
const killsOfChain = 12

// chainsOfKills kills rounds, and the rounds that recover from them, at random points, time
// after time. Rounds that get to their end live through another day.
func chainsOfKills(all []*scenario, chains int) (trials []trial) {
	for n := range chains {
		s := all[n%len(all)]
		trials = append(trials, trial{fmt.Sprintf("chain %d from %s", n, s.name), func(ctx context.Context, w *worker, random *rand.Rand) (result, error) {
			return w.liveThroughKills(ctx, s, random)
		}})
	}
	return trials
}

func (w *worker) liveThroughKills(ctx context.Context, s *scenario, random *rand.Rand) (got result, err error) {
	if err := w.begin(s); err != nil {
		return got, err
	}
	var story []string
	blame := func(problems []string) {
		for _, problem := range problems {
			got.problems = append(got.problems, strings.Join(story, ", ")+": "+problem)
		}
	}
	seen := ""
	for got.points < killsOfChain && len(got.problems) == 0 {
		d, err := w.killSomewhere(s, random)
		if err != nil {
			return got, err
		}
		shown, err := shownTo(w.data())
		if err != nil {
			return got, err
		}
		if d.came() {
			got.points++
			story = append(story, "killed before "+d.where)
		} else {
			story = append(story, "a whole round")
		}
		if !d.came() || shown != seen { // else a reader sees what it saw
			problems, err := w.checkAfter(ctx, d)
			if err != nil {
				return got, err
			}
			blame(problems)
		}
		seen = shown
		if d.ended() {
			w.bank.world.Advance(time.Duration(12+random.IntN(30)) * time.Hour)
		}
	}
	problems, err := w.recover(ctx)
	blame(problems)
	return got, err
}

// killSomewhere kills a round before a random call or in a random request.
func (w *worker) killSomewhere(s *scenario, random *rand.Rand) (death, error) {
	if random.IntN(5) == 0 {
		return w.killInRequest(1+random.IntN(s.requests+2), stages[random.IntN(len(stages))])
	}
	return w.killAt(1 + random.IntN(560))
}
