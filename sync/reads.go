package sync

import (
	"errors"

	"fcpipe/schema"
)

// readsAtOnce is how many reads may be forgotten when the process is killed.
const readsAtOnce = 100

// errReadAllowance ends the reading of an account when the read allowance is used up.
var errReadAllowance = errors.New("the read allowance is used up")

// mayRead reports whether the allowance has room for another read of rows, and makes the
// reads so far durable now and then.
func (r *round) mayRead() error {
	reads := r.syncer.client.reads.Load()
	if allowed := r.syncer.options.ReadsPer30Days; allowed > 0 && r.readsUsed+reads >= allowed {
		return errReadAllowance
	}
	r.mutex.Lock()
	due := reads-r.recorded >= readsAtOnce
	r.mutex.Unlock()
	if due {
		if err := r.recordReads(); err != nil {
			return landError{err}
		}
	}
	return nil
}

// recordReads counts in the journal what was read since the last time.
func (r *round) recordReads() error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	count := r.syncer.client.reads.Load() - r.recorded
	r.recorded += count
	return r.journal.RecordReads(schema.Reads{At: r.syncer.Now(), Count: count, RunID: r.runID})
}
