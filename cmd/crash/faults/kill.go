//go:build linux && amd64

package faults

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"fcpipe/cmd/crash/harness"
)

// SingleKills kills every scenario before every call that matters, at every stage of every request and at every
// named point; each time a clean round must come to the truth.
func SingleKills(all []*harness.Scenario) (trials []harness.Trial) {
	for _, s := range all {
		for n := range s.Calls {
			kill := func(w *harness.Worker) (harness.Ending, error) { return w.KillAt(n + 1) }
			trials = append(trials, singleKill(s, "call", fmt.Sprintf("call %d", n+1), kill))
		}
		for n := 1; n <= s.Requests; n++ {
			for _, at := range harness.Stages {
				kill := func(w *harness.Worker) (harness.Ending, error) { return w.KillInRequest(n, at) }
				stage := fmt.Sprintf("stage %d", at)
				trials = append(trials, singleKill(s, stage, fmt.Sprintf("request %d, %s", n, stage), kill))
			}
		}
		for _, point := range s.Points {
			for _, action := range slices.Sorted(maps.Keys(harness.Endings)) {
				kill := func(w *harness.Worker) (harness.Ending, error) { return w.RunUntilFailpoint(action, point) }
				trials = append(trials, singleKill(s, action, action+" at "+point, kill))
			}
		}
	}
	return trials
}

// KilledErasures kills every erasure before every call that changes the data directory and at every named point; a
// round comes in between, then the erasure again: nothing of the account may be left, or have come back.
func KilledErasures(all []*harness.Scenario) (trials []harness.Trial) {
	for _, s := range all {
		for n := range s.Calls {
			kill := func(w *harness.Worker) (harness.Ending, error) { return w.KillAt(n + 1) }
			trials = append(trials, killedErasure(s, "call", fmt.Sprintf("call %d", n+1), kill))
		}
		for _, point := range s.Points {
			for _, action := range slices.Sorted(maps.Keys(harness.Endings)) {
				kill := func(w *harness.Worker) (harness.Ending, error) { return w.RunUntilFailpoint(action, point) }
				trials = append(trials, killedErasure(s, action, action+" at "+point, kill))
			}
		}
	}
	return trials
}

func killedErasure(s *harness.Scenario, kind, name string, kill func(*harness.Worker) (harness.Ending, error),
) harness.Trial {
	return trial(s, kind, name, func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (got result, err error) {
		if err := w.Begin(s); err != nil {
			return got, err
		}
		ending, err := kill(w)
		if err != nil {
			return got, err
		}
		if ending.AsExpected() {
			got.Points = 1
		} else if !ending.Completed() {
			got.Problems = append(got.Problems, fmt.Sprintf("I11: ended with %+v: %s", ending.Exit, w.Output()))
		}
		recovered, err := w.RecoverErasure(ctx, s)
		got.Problems = within("killed before "+ending.Where, append(got.Problems, recovered...))
		return got, err
	})
}

// singleKill is a trial in three steps: a round is killed, a reader looks, a clean round recovers.
func singleKill(s *harness.Scenario, kind, name string, kill func(*harness.Worker) (harness.Ending, error),
) harness.Trial {
	return trial(s, kind, name, func(ctx context.Context, w *harness.Worker, _ *rand.Rand) (got result, err error) {
		if err := w.Begin(s); err != nil {
			return got, err
		}
		ending, err := kill(w)
		if err != nil {
			return got, err
		}
		if ending.AsExpected() {
			got.Points = 1
		}
		problems, err := checkAfter(ctx, w, ending)
		if err != nil {
			return got, err
		}
		recovered, err := w.Recover(ctx)
		got.Problems = within("killed before "+ending.Where, append(problems, recovered...))
		return got, err
	})
}

// checkAfter holds what a round left to what its end promises: a reader sees no harm, or everything is there.
func checkAfter(ctx context.Context, w *harness.Worker, ending harness.Ending) (problems []string, err error) {
	switch {
	case ending.AsExpected():
		return w.Oracle.CheckReadable(ctx, false)
	case ending.Completed():
		return w.Oracle.CheckComplete(ctx)
	}
	problem := fmt.Sprintf("I11: ended with %+v, not with %+v or well: %s", ending.Exit, ending.Wanted, w.Output())
	return []string{problem}, nil
}
