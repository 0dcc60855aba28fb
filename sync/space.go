package sync

import "fcpipe/sync/plan"

const (
	firstRows = 1000 // an account's first reading brings: half a year of an active one
	nightRows = 100  // a later one: a page
)

// checkSpace asks for room on the disk for everything the plan may bring, before any of it is bought:
// what was paid for and cannot be stored was paid for in vain.
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
