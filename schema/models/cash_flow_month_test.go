package models_test

import (
	"fmt"
	"strings"
	"testing"

	"fcpipe/schema/storetest"
)

// TestMonthsOfHoldersAreThoseOfARebuild: whatever happened in a round, the months of a holder that it touches are all
// that differ, as random histories say; the tables that months are made of are derived alone.
func TestMonthsOfHoldersAreThoseOfARebuild(t *testing.T) {
	if isSample() {
		storetest.ForProof(t)
	}
	seeds := uint64(*histories) * 2
	if *proof {
		seeds = 200
	}
	find := only("underwriting.cash_flow_month")
	for n := range seeds {
		seed := *firstHistory + 1000 + n
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			if differing := maintainRandomly(t, seed, find); len(differing) > 0 {
				t.Error(strings.Join(differing, "\n"))
			}
		})
	}
}
