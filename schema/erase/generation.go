package erase

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/store"
	"fcpipe/schema/tombstone"
)

// Generation makes the next generation without the rows. The caller derives and publishes it, or discards it.
// schema.ErrNoDatabase means that nothing is published, and nothing can be made.
func (e *Erasure) Generation(ctx context.Context, run store.MergeRun) (*store.Generation, error) {
	return e.store.Rewrite(ctx, run, func(ctx context.Context, tx *sql.Tx, observedAt time.Time) error {
		return e.remove(ctx, tx, observedAt, run.Run.RunID)
	})
}

// remove alters the file: rows go, ids of rows that stay become their hashes.
func (e *Erasure) remove(ctx context.Context, tx *sql.Tx, observedAt time.Time, runID string) error {
	ids, hashes := e.forgotten(), []string{}
	for _, id := range ids {
		hashes = append(hashes, e.store.Erased().Hash(id))
	}
	for _, step := range []struct {
		name string
		args []any
	}{
		{"erased_ids", []any{sql.Named("ids", ids), sql.Named("hashes", hashes)}},
		{"erased_accounts", []any{sql.Named("accounts", e.Accounts)}},
		{"record_removed", []any{sql.Named("observed_at", observedAt), sql.Named("run_id", runID)}},
		{"remove_rows", nil},
		{"forget_ids", nil},
		{"end_consents", []any{sql.Named("observed_at", observedAt), sql.Named("run_id", runID)}},
		{"chains_of_links", nil},
	} {
		if _, err := tx.ExecContext(ctx, statements.Get(step.name), step.args...); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	if err := e.scrub(ctx, tx); err != nil {
		return err
	}
	for _, name := range []string{"drop_ids", "drop_accounts"} {
		if _, err := tx.ExecContext(ctx, statements.Get(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// sentence is a kind of text that may name an id, in rows that stay.
type sentence struct{ list, change string }

// scrub replaces ids in sentences by their hashes.
func (e *Erasure) scrub(ctx context.Context, tx *sql.Tx) error {
	if err := e.scrubRuns(ctx, tx); err != nil {
		return err
	}
	for _, s := range []sentence{
		{"reasons_of_accounts", "reason_of_accounts"},
		{"reasons_of_quarantine", "reason_of_quarantine"},
		{"evidence_of_links", "evidence_of_link"},
	} {
		var texts []string
		if err := statements.EachRow(ctx, tx, s.list, func(scan duck.Scan) error {
			var text string
			err := scan(&text)
			texts = append(texts, text)
			return err
		}); err != nil {
			return err
		}
		for _, text := range texts {
			if _, err := tx.ExecContext(ctx, statements.Get(s.change), e.withoutIDs(text), text); err != nil {
				return fmt.Errorf("%s: %w", s.change, err)
			}
		}
	}
	return nil
}

func (e *Erasure) scrubRuns(ctx context.Context, tx *sql.Tx) error {
	reasons := map[string]string{}
	if err := statements.EachRow(ctx, tx, "reasons_of_runs", func(scan duck.Scan) error {
		var id, reason string
		err := scan(&id, &reason)
		reasons[id] = reason
		return err
	}); err != nil {
		return err
	}
	for id, reason := range reasons {
		if _, err := tx.ExecContext(ctx, statements.Get("reason_of_run"), e.withoutIDs(reason), id); err != nil {
			return fmt.Errorf("reason_of_run: %w", err)
		}
	}
	return nil
}

// withoutIDs is a text with the hashes of what is forgotten in the place of ids. Those of rows and of refreshes are
// hashed as well: they are not looked up again.
func (e *Erasure) withoutIDs(text string) string {
	return tombstone.Replace(text, func(id string) (string, bool) {
		return e.store.Erased().Hash(id), e.isForgotten(id)
	})
}
