package main

import (
	"fmt"
	"maps"
	"slices"

	"fcpipe/schema/duck"
)

// coverage counts months of income that were to come, and those that lay in the range of the months known before.
type coverage struct {
	Months int64 `json:"months"`
	Within int64 `json:"within"`
}

// readInterval takes a line: so many complete months were known.
func (p *product) readInterval(scan duck.Scan) error {
	var known int
	var c coverage
	if err := scan(&known, &c.Months, &c.Within); err != nil {
		return err
	}
	if p.intervals == nil {
		p.intervals = map[int]coverage{}
	}
	p.intervals[known] = c
	return nil
}

// addIntervals adds the months of a world.
func (t *table) addIntervals(found map[int]coverage) {
	for known, c := range found {
		sum := t.Intervals[known]
		t.Intervals[known] = coverage{sum.Months + c.Months, sum.Within + c.Within}
	}
}

// nominal is the share of months that lies in the range of n months drawn alike, whatever their distribution.
func nominal(n int) float64 { return float64(n-1) / float64(n+1) }

// intervalLines are the shares that were measured beside the nominal ones.
func (t *table) intervalLines() [][]string {
	lines := [][]string{{
		"income of a month to come, by months known", "within", "95 %", "nominal", "months", "in range",
	}}
	for _, known := range slices.Sorted(maps.Keys(t.Intervals)) {
		c := t.Intervals[known]
		lines = append(lines, []string{
			fmt.Sprint(known), ratio(c.Within, c.Months), bounds(c.Within, c.Months),
			fmt.Sprintf("%.4f", nominal(known)), fmt.Sprint(c.Months), fmt.Sprint(c.Within),
		})
	}
	return lines
}
