//go:build linux && amd64

package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/oracle"
)

const (
	// KillsPerChain is how often the rounds of one directory are killed before it is held to the truth.
	KillsPerChain = 12

	// callsOfARound is about how many calls matter in a round; a chain kills before one of them.
	callsOfARound = 560
)

// KillChains kills rounds, and the rounds that recover from them, at random points, time after time. After a round
// that completes, a part of a day or more passes.
func KillChains(all []*harness.Scenario, chains int) (trials []harness.Trial) {
	for n := range chains {
		s := all[n%len(all)]
		name := fmt.Sprintf("chain %d from %s", n, s.Name)
		run := func(ctx context.Context, w *harness.Worker, random *rand.Rand) (result, error) {
			return killAgainAndAgain(ctx, w, s, random)
		}
		trials = append(trials, harness.Trial{ID: name, Kind: s.Name, Run: run})
	}
	return trials
}

func killAgainAndAgain(ctx context.Context, w *harness.Worker, s *harness.Scenario, random *rand.Rand,
) (got result, err error) {
	if err := w.Begin(s); err != nil {
		return got, err
	}
	var rounds []string
	found := func(problems []string) {
		got.Problems = append(got.Problems, within(strings.Join(rounds, ", "), problems)...)
	}
	view := ""
	for got.Points < KillsPerChain && len(got.Problems) == 0 {
		ending, err := killSomewhere(w, s, random)
		if err != nil {
			return got, err
		}
		before := view
		if view, err = oracle.ReaderView(w.Data()); err != nil {
			return got, err
		}
		if ending.AsExpected() {
			got.Points++
			rounds = append(rounds, "killed before "+ending.Where)
		} else {
			rounds = append(rounds, "a whole round")
		}
		if !ending.AsExpected() || view != before { // else a reader sees what it saw
			problems, err := checkAfter(ctx, w, ending)
			if err != nil {
				return got, err
			}
			found(problems)
		}
		if ending.Completed() {
			w.Oracle.World.Advance(time.Duration(12+random.IntN(30)) * time.Hour)
		}
	}
	problems, err := w.Recover(ctx)
	found(problems)
	return got, err
}

// killSomewhere kills a round before a random call or in a random request.
func killSomewhere(w *harness.Worker, s *harness.Scenario, random *rand.Rand) (harness.Ending, error) {
	if random.IntN(5) == 0 {
		return w.KillInRequest(1+random.IntN(s.Requests+2), harness.Stages[random.IntN(len(harness.Stages))])
	}
	return w.KillAt(1 + random.IntN(callsOfARound))
}
