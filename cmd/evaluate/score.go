package main

import "math"

// score counts claims: those that are right, all that were made, and all that should have been made; by number and by
// money, in cents (of pairs of rows: in squares of dollars).
type score struct {
	Right, Given, True                int64
	RightMinor, GivenMinor, TrueMinor int64
}

func (s *score) add(other score) {
	s.Right, s.Given, s.True = s.Right+other.Right, s.Given+other.Given, s.True+other.True
	s.RightMinor += other.RightMinor
	s.GivenMinor += other.GivenMinor
	s.TrueMinor += other.TrueMinor
}

// claim counts one that is made, should be made, or both.
func (s *score) claim(given, isTrue bool, minor int64) {
	if minor < 0 {
		minor = -minor
	}
	if given {
		s.Given++
		s.GivenMinor += minor
	}
	if isTrue {
		s.True++
		s.TrueMinor += minor
	}
	if given && isTrue {
		s.Right++
		s.RightMinor += minor
	}
}

// share is a part of a whole; -1 of nothing.
func share(part, whole int64) float64 {
	if whole == 0 {
		return -1
	}
	return float64(part) / float64(whole)
}

// wilson is the interval in which a share lies with 95 %, by so many trials.
func wilson(right, trials int64) (low, high float64) {
	if trials == 0 {
		return 0, 1
	}
	const z = 1.959964
	n, p := float64(trials), share(right, trials)
	middle := p + z*z/(2*n)
	width := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max((middle-width)/(1+z*z/n), 0), min((middle+width)/(1+z*z/n), 1)
}
