//go:build linux && amd64

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"time"
)

// singleKills kills every scenario before every call that matters, at every stage of every
// request and at every named point; each time a clean round must come to the truth.
func singleKills(all []*scenario) (trials []trial) {
	for _, s := range all {
		for n := 1; n <= s.calls; n++ {
			trials = append(trials, trial{fmt.Sprintf("%s/call %d", s.name, n), func(ctx context.Context, w *worker, _ *rand.Rand) (result, error) {
				return w.killedOnce(ctx, s, func() (bool, string, error) { return w.killAt(n) })
			}})
		}
		for n := 1; n <= s.requests; n++ {
			for _, when := range stages {
				trials = append(trials, trial{fmt.Sprintf("%s/request %d, stage %d", s.name, n, when), func(ctx context.Context, w *worker, _ *rand.Rand) (result, error) {
					return w.killedOnce(ctx, s, func() (bool, string, error) {
						killed, err := w.killInRequest(n, when)
						return killed, fmt.Sprintf("request %d", n), err
					})
				}})
			}
		}
		for _, point := range s.points {
			for _, action := range []string{"kill", "term", "panic"} {
				trials = append(trials, trial{s.name + "/" + action + " at " + point, func(ctx context.Context, w *worker, _ *rand.Rand) (result, error) {
					return w.killedOnce(ctx, s, func() (bool, string, error) {
						ended, err := w.dieAt(action + ":" + point)
						return ended, point, err
					})
				}})
			}
		}
	}
	return trials
}

// killedOnce is a story in three acts: a round dies, a reader looks, a clean round follows.
func (w *worker) killedOnce(ctx context.Context, s *scenario, die func() (bool, string, error)) (got result, err error) {
	if err := w.begin(s); err != nil {
		return got, err
	}
	killed, where, err := die()
	if err != nil {
		return got, err
	}
	if killed {
		got.points = 1
	}
	problems, err := w.checkReadable(ctx, false)
	if err != nil {
		return got, err
	}
	recovered, err := w.recover(ctx)
	for _, problem := range append(problems, recovered...) {
		got.problems = append(got.problems, "killed before "+where+": "+problem)
	}
	return got, err
}

// dieAt runs a round that ends itself at a named point, and reports whether it got there.
func (w *worker) dieAt(point string) (bool, error) {
	exit, err := w.traced(nil, pass, "FCPIPE_TEST_FAIL_AT="+point)
	return exit.Signal == syscall.SIGKILL || exit.Code != 0, err
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
		killed, where, err := w.killSomewhere(s, random)
		if err != nil {
			return got, err
		}
		if !killed { // it came to its end
			story = append(story, "a whole round")
			problems, err := w.checkComplete(ctx)
			if err != nil {
				return got, err
			}
			blame(problems)
			w.bank.world.Advance(time.Duration(12+random.IntN(30)) * time.Hour)
			continue
		}
		got.points++
		story = append(story, "killed before "+where)
		shown, err := shownTo(w.data())
		if err != nil {
			return got, err
		}
		if shown != seen { // else a reader sees what it saw
			problems, err := w.checkReadable(ctx, false)
			if err != nil {
				return got, err
			}
			blame(problems)
		}
		seen = shown
	}
	problems, err := w.recover(ctx)
	blame(problems)
	return got, err
}

// killSomewhere kills a round before a random call or in a random request.
func (w *worker) killSomewhere(s *scenario, random *rand.Rand) (killed bool, where string, err error) {
	if random.IntN(5) == 0 {
		n, when := 1+random.IntN(s.requests+2), stages[random.IntN(len(stages))]
		killed, err = w.killInRequest(n, when)
		return killed, fmt.Sprintf("request %d, stage %d", n, when), err
	}
	return w.killAt(1 + random.IntN(560))
}
