package erase

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
	"fcpipe/schema/store"
	"fcpipe/schema/tombstone"
)

// Complete makes the receipt durable in the journal. The caller has had Scan find nothing.
func (e *Erasure) Complete(now time.Time) error {
	if e.Record.Receipt != nil {
		return nil
	}
	receipts, previous := e.store.Journal().Receipts(), ""
	completed := instant(now)
	if n := len(receipts); n > 0 {
		last := receipts[n-1].Receipt
		previous = last.Hash
		if !completed.After(last.CompletedAt) { // the chain is read in this order
			completed = last.CompletedAt.Add(time.Microsecond)
		}
	}
	e.count()
	e.Record.Receipt = &journal.Receipt{CompletedAt: completed, Counts: e.counts, PreviousHash: previous}
	e.Record.Receipt.Hash = tombstone.RowOf(e.Record).Sum()
	if err := e.store.Journal().RecordErasure(e.Record); err != nil {
		return err
	}
	e.store.Hook("erase.receipt")
	return nil
}

// Receipt makes the generation of the published file that has the receipt: nothing else of it differs, and it needs no
// deriving. The caller publishes it.
func (e *Erasure) Receipt(ctx context.Context) (*store.Generation, error) {
	return e.store.CopyJournal(ctx)
}

// Forget removes the work file: the last place that names the ids.
func (e *Erasure) Forget() error {
	path := e.store.Layout().Erasing()
	for _, name := range []string{path + ".tmp", path} {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if err := durable.SyncDirectory(filepath.Dir(path)); err != nil {
		return err
	}
	e.store.Hook("erase.done")
	return nil
}

// Allow lets an account, or every account of a holder, be fetched again. It reports whether it was erased.
func Allow(s *store.Store, subject Subject, now time.Time) (was bool, err error) {
	hash := s.Erased().Hash(subject.ID)
	if _, was = s.Journal().ForgottenSince(hash); !was {
		return false, nil
	}
	return true, s.Journal().RecordAllowance(journal.Allowance{Subject: hash, At: instant(now)})
}
