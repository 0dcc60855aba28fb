package sync

import (
	"context"

	"fcpipe/schema"
	"fcpipe/sync/plan"
)

// Landing makes the rows of a round durable before anything is built from them. A round calls it from
// several goroutines. After an error of either method every later call returns an error too: the
// completion of an account must not land where its rows did not.
type Landing interface {
	// Land adds the rows of one call. They stay together: after a crash all of them are there or none.
	// They are durable when the next Seal has returned, or earlier.
	Land(ctx context.Context, rows schema.Landed) error
	// Seal makes everything that landed so far durable.
	Seal(ctx context.Context) error
}

const (
	firstRows = 1000 // an account's first reading brings: half a year of an active one
	nightRows = 100  // a later one: a page
)

// checkSpace asks whether the disk can hold everything the plan may bring, before any of it is bought: what cannot be
// stored must not be paid for.
func (r *round) checkSpace() error {
	rows, works := int64(0), false
	for _, d := range r.report.Plan.Decisions {
		if d.Action == plan.ActionSkip {
			continue
		}
		works = works || d.Action != plan.ActionWait
		if d.Feature != plan.FeatureTransactions {
			rows++
		} else if r.state.Accounts[d.AccountID].CompleteThroughAt == nil {
			rows += firstRows
		} else {
			rows += nightRows
		}
	}
	if !works || r.syncer.options.CheckSpace == nil {
		return nil
	}
	if err := r.syncer.options.CheckSpace(rows); err != nil {
		return landError{err}
	}
	return nil
}
