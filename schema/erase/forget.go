package erase

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// Forgetting replaces the ids of removed transactions by their keyed hashes, once the feed has shown them for as long
// as its readers need. DueToForget makes one.
type Forgetting struct {
	IDs   []string // of transactions; none where one that was killed left the lake to do
	gone  []string // those of them that no account has again
	store *store.Store
}

// DueToForget returns what is to be forgotten of removals before an instant; nil when no id is. The caller
// holds the lock of the data directory.
func DueToForget(ctx context.Context, s *store.Store, before time.Time) (*Forgetting, error) {
	f := &Forgetting{store: s}
	if err := inPublished(ctx, s, func(r *reader.Reader) error {
		return statements.EachRow(ctx, r.Database(), "removed_before", func(scan duck.Scan) error {
			var id string
			var isHeld bool
			err := scan(&id, &isHeld)
			if f.IDs = append(f.IDs, id); !isHeld {
				f.gone = append(f.gone, id)
			}
			return err
		}, sql.Named("before", before))
	}); err != nil {
		return nil, err
	}
	isBegun, err := durable.FileExists(f.mark())
	if err != nil || len(f.IDs) == 0 && !isBegun {
		return nil, err
	}
	return f, nil
}

// mark is a file that says that the lake may have ids which the published file has no more.
func (f *Forgetting) mark() string { return f.store.Layout().Forgetting() }

// Generation makes the next generation, whose feed names hashes. The caller derives and publishes it, or discards it,
// and then brings the lake up to it, keeping nothing that was replaced.
func (f *Forgetting) Generation(ctx context.Context, run store.MergeRun) (*store.Generation, error) {
	if err := os.WriteFile(f.mark(), nil, 0o600); err != nil {
		return nil, err
	}
	if err := errors.Join(durable.SyncFile(f.mark()), durable.SyncDirectory(f.store.Layout().State())); err != nil {
		return nil, err
	}
	return f.store.Rewrite(ctx, run, func(ctx context.Context, tx *sql.Tx, _ time.Time) error {
		hashes := make([]string, len(f.IDs))
		for i, id := range f.IDs {
			hashes[i] = f.store.Erased().Hash(id)
		}
		ids := []any{sql.Named("ids", f.IDs), sql.Named("hashes", hashes)}
		if _, err := tx.ExecContext(ctx, statements.Get("erased_ids"), ids...); err != nil {
			return fmt.Errorf("erased_ids: %w", err)
		}
		for _, name := range []string{"forget_removed", "drop_ids"} {
			if _, err := tx.ExecContext(ctx, statements.Get(name)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
}

// Complete proves that no file names an id any more, but of a row that is held again, and ends it. A *LeftError names
// the files that do.
func (f *Forgetting) Complete(ctx context.Context) error {
	needles := make([]needle, len(f.gone))
	for i, id := range f.gone {
		needles[i] = needle{id, idNeedle}
	}
	searched, err := searchBelow(ctx, f.store, newSearch(needles), "")
	if err == nil {
		err = searched.left(f.store.Layout().Dir)
	}
	if err != nil {
		return err
	}
	if err := os.Remove(f.mark()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return durable.SyncDirectory(f.store.Layout().State())
}
