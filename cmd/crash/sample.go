//go:build linux && amd64

package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"

	"fcpipe/cmd/crash/harness"
)

// sample orders trials so that the first few are a sample: of each kind one, then of each a second, and so on, drawn
// by the seed.
func sample(trials []harness.Trial, seed uint64) []harness.Trial {
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a seed must replay
	shuffled := slices.Clone(trials)
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	turns := map[string]int{} // kind → how many of it come before
	type turn struct {
		harness.Trial
		number int
	}
	var all []turn
	for _, t := range shuffled {
		all = append(all, turn{t, turns[t.Kind]})
		turns[t.Kind]++
	}
	slices.SortStableFunc(all, func(a, b turn) int { return a.number - b.number })
	for i, t := range all {
		shuffled[i] = t.Trial
	}
	return shuffled
}

func namesOf(parts []part) (names []string) {
	for _, part := range parts {
		for _, t := range part.trials {
			names = append(names, t.ID)
		}
	}
	return names
}

// choose picks the name that is equal to only, or those that match it: names have characters in them that mean
// something else in a regular expression. None is an error, for trying nothing proves nothing.
func choose(names []string, only string) (map[string]bool, error) {
	if slices.Contains(names, only) {
		return map[string]bool{only: true}, nil
	}
	pattern, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("-only: no trial has this name, and as a regular expression: %w", err)
	}
	chosen := map[string]bool{}
	for _, name := range names {
		if pattern.MatchString(name) {
			chosen[name] = true
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("-only: none of %d trials has this name or matches it: %s", len(names), only)
	}
	return chosen, nil
}

// named are the trials of these names.
func named(trials []harness.Trial, names map[string]bool) (some []harness.Trial) {
	for _, t := range trials {
		if names[t.ID] {
			some = append(some, t)
		}
	}
	return some
}
