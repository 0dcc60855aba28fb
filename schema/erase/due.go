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

// DisconnectedSince are the accounts of the published file that are disconnected, and since when that is known: when
// we disconnected them, or when a round first saw it. An account of a chain that still has a connected one is not
// among them: it is the same bank account, linked again.
func DisconnectedSince(ctx context.Context, s *store.Store) (since map[string]time.Time, err error) {
	since, chains, connected := map[string]time.Time{}, map[string]string{}, map[string]bool{}
	err = inPublished(ctx, s, func(r *reader.Reader) error {
		if err := statements.EachRow(ctx, r.Database(), "connected_chains", func(scan duck.Scan) error {
			var chain string
			err := scan(&chain)
			connected[chain] = true
			return err
		}); err != nil {
			return err
		}
		return statements.EachRow(ctx, r.Database(), "disconnected_accounts", func(scan duck.Scan) error {
			var id, chain string
			var at time.Time
			err := scan(&id, &chain, &at)
			since[id], chains[id] = at.UTC(), chain
			return err
		})
	})
	maps.DeleteFunc(since, func(id string, _ time.Time) bool { return connected[chains[id]] })
	for id, ours := range s.Journal().Disconnections() {
		if seen, is := since[id]; is && ours.Done && ours.At.Before(seen) {
			since[id] = ours.At
		}
	}
	return since, err
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
