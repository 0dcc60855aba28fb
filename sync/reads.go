package sync

import (
	"fcpipe/schema/journal"
)

// readsAtOnce is how many reads may go uncounted when the process is killed.
const readsAtOnce = 100

// reserveRead returns ErrReadAllowance when the allowance of a Stripe account does not carry another read of rows.
// It makes the reads so far durable now and then; the error of that is a landError.
func (r *round) reserveRead(src *source) error {
	reads := src.client.Reads()
	if src.usedUp() {
		return ErrReadAllowance
	}
	r.mutex.Lock()
	due := reads-src.recorded >= readsAtOnce
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
	for _, src := range r.sources {
		count := src.client.Reads() - src.recorded
		src.recorded += count
		reads := journal.Reads{At: r.syncer.Now(), Count: count, RunID: r.runID, Connected: src.connected}
		if err := r.journal.RecordReads(reads); err != nil {
			return err
		}
	}
	return nil
}
