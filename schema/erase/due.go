package erase

import (
	"context"
	"maps"
	"slices"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// DisconnectedSince are the accounts of the published file that are disconnected, and since when that is known.
func DisconnectedSince(ctx context.Context, s *store.Store) (since map[string]time.Time, err error) {
	err = inPublished(ctx, s, func(r *reader.Reader) (err error) {
		since, err = DisconnectedIn(ctx, r, s.Journal())
		return err
	})
	return since, err
}

// DisconnectedIn are the accounts of a published file that are disconnected, and since when that is known: when we
// disconnected them, or when a round first saw it. The accounts of a chain are one bank account and are erased
// together: those of one that still has a connected account are not among them, and the others are disconnected since
// the last of them was.
func DisconnectedIn(ctx context.Context, r *reader.Reader, j *journal.Journal) (map[string]time.Time, error) {
	since, chains, connected := map[string]time.Time{}, map[string]string{}, map[string]bool{}
	if err := statements.EachRow(ctx, r.Database(), "connected_chains", func(scan duck.Scan) error {
		var chain string
		err := scan(&chain)
		connected[chain] = true
		return err
	}); err != nil {
		return nil, err
	}
	if err := statements.EachRow(ctx, r.Database(), "disconnected_accounts", func(scan duck.Scan) error {
		var id, chain string
		var at time.Time
		err := scan(&id, &chain, &at)
		since[id], chains[id] = at.UTC(), chain
		return err
	}); err != nil {
		return nil, err
	}
	for id, ours := range j.Disconnections() {
		if seen, is := since[id]; is && ours.Done && ours.At.Before(seen) {
			since[id] = ours.At
		}
	}
	last := map[string]time.Time{}
	for id, at := range since {
		if chain := chains[id]; at.After(last[chain]) {
			last[chain] = at
		}
	}
	for id := range since {
		since[id] = last[chains[id]]
	}
	maps.DeleteFunc(since, func(id string, _ time.Time) bool { return connected[chains[id]] })
	return since, nil
}

// Due are the subjects of accounts that were disconnected at least so long ago, in order of their ids.
func Due(ctx context.Context, s *store.Store, after time.Duration, now time.Time) ([]Subject, error) {
	since, err := DisconnectedSince(ctx, s)
	if err != nil {
		return nil, err
	}
	var due []Subject
	for _, id := range slices.Sorted(maps.Keys(since)) {
		if !now.Before(since[id].Add(after)) {
			due = append(due, Subject{Kind: journal.SubjectAccount, ID: id})
		}
	}
	return due, nil
}
