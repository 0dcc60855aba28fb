package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/history"
	"fcpipe/schema/journal"
	"fcpipe/schema/models"
	"fcpipe/schema/rules/stored"
)

// lacking is what the published file lacks, landed rows aside.
type lacking struct {
	rebuild bool              // derived by other models, in another zone, or from tables of an older schema
	given   []journal.Consent // consents that it has not
	due     bool              // it holds what is past its retention
	rules   bool              // the user's own files say something else than it was told
}

func (l lacking) anything() bool { return l.rebuild || l.due || l.rules || len(l.given) > 0 }

// lacks reports what the published file lacks.
func (s *Store) lacks(ctx context.Context, run MergeRun) (l lacking, err error) {
	reader, done, err := s.Published(ctx)
	if errors.Is(err, schema.ErrNoDatabase) {
		return s.lackedBy(ctx, nil, run)
	}
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, done()) }()
	return s.lackedBy(ctx, reader.Database(), run)
}

// lacks reports what the published file lacks that the generation is a copy of. The first one is no copy.
func (g *Generation) lacks(ctx context.Context) (lacking, error) {
	if !g.copied {
		return g.store.lackedBy(ctx, nil, g.run)
	}
	return g.store.lackedBy(ctx, g.database, g.run)
}

// lackedBy reports what a file lacks; nil is no file. Whether anything of an older schema is past its retention, the
// merge finds out that brings it to this one.
func (s *Store) lackedBy(ctx context.Context, database duck.Queryer, run MergeRun) (l lacking, err error) {
	if l.given, err = s.consentsLacking(ctx, database); err != nil || database == nil {
		return l, err
	}
	current, err := models.CurrentFingerprint()
	if err != nil {
		return l, err
	}
	with, err := models.DerivedWith(ctx, database)
	if err != nil {
		return l, err
	}
	l.rebuild = with.Fingerprint != current || with.ReportZone != run.ReportZone
	if l.rebuild {
		return l, nil
	}
	if run.UserFiles != nil {
		if l.rules, err = stored.Differ(ctx, database, *run.UserFiles); err != nil {
			return l, err
		}
	}
	l.due, err = s.retentionDue(ctx, database, run)
	return l, err
}

// RebuildModels makes the next generation of the published rows as they are, whose Derive rebuilds every derived table
// whole. The caller holds the lock, and derives and publishes the generation, or discards it. schema.ErrNoDatabase
// means that nothing is published.
func (s *Store) RebuildModels(ctx context.Context, reportZone string) (g *Generation, err error) {
	watermark, err := s.publishedWatermark(ctx)
	if err != nil {
		return nil, err
	}
	if g, _, err = s.newGeneration(ctx); err != nil {
		return nil, err
	}
	g.run.ReportZone, g.report.ObservedAt, g.rebuild = reportZone, watermark, true
	if g.expected, err = readBack(ctx, g.database, watermark); err != nil {
		return nil, errors.Join(err, g.Discard())
	}
	return g, nil
}

// RecordHistory makes the next generation of the published rows, whose Derive records what attributes say today: nil
// where that is recorded. The caller holds the lock, and derives and publishes the generation, or discards it.
// schema.ErrNoDatabase means that nothing is published.
func (s *Store) RecordHistory(ctx context.Context, reportZone string) (g *Generation, err error) {
	due, err := s.historyDue(ctx)
	if err != nil || !due {
		return nil, err
	}
	watermark, err := s.publishedWatermark(ctx)
	if err != nil {
		return nil, err
	}
	if g, _, err = s.newGeneration(ctx); err != nil {
		return nil, err
	}
	g.run.ReportZone, g.report.ObservedAt = reportZone, watermark
	if g.expected, err = readBack(ctx, g.database, watermark); err != nil {
		return nil, errors.Join(err, g.Discard())
	}
	return g, nil
}

func (s *Store) historyDue(ctx context.Context) (due bool, err error) {
	reader, done, err := s.Published(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, done()) }()
	return history.Due(ctx, reader.Database())
}

// Rewrite makes the next generation of the published rows, which change has altered in one transaction; observedAt is
// the instant of the round. Every derived table is rebuilt whole, the file is written without a byte of what was
// removed, and publishing it removes every earlier generation. The caller holds the lock, and derives and publishes the
// generation, or discards it. schema.ErrNoDatabase means that nothing is published.
func (s *Store) Rewrite(
	ctx context.Context, run MergeRun, change func(ctx context.Context, tx *sql.Tx, observedAt time.Time) error,
) (g *Generation, err error) {
	if _, err := s.publishedWatermark(ctx); err != nil {
		return nil, err
	}
	if g, _, err = s.newGeneration(ctx); err != nil {
		return nil, err
	}
	g.run, g.rebuild, g.fresh = run, true, true
	if err := g.rewrite(ctx, change); err != nil {
		return nil, errors.Join(fmt.Errorf("rewrite: %w", err), g.Discard())
	}
	s.hook("merge.committed")
	return g, nil
}

func (g *Generation) rewrite(
	ctx context.Context, change func(ctx context.Context, tx *sql.Tx, observedAt time.Time) error,
) error {
	transaction, err := g.database.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = transaction.Rollback() }()
	m := &merger{Tx: transaction, report: &g.report, run: g.run, now: g.store.now(), erased: g.store.erased}
	if err := m.apply(ctx, false); err != nil {
		return err
	}
	if err := change(ctx, transaction, g.report.ObservedAt); err != nil {
		return err
	}
	if err := m.copyJournal(ctx, g.store.journal); err != nil {
		return err
	}
	if g.expected, err = readBack(ctx, transaction, g.report.ObservedAt); err != nil {
		return err
	}
	return transaction.Commit()
}

// CopyJournal makes the next generation of the published rows with what the journal knows and they do not: a receipt.
// Nothing else of it differs, and it needs no deriving.
func (s *Store) CopyJournal(ctx context.Context) (g *Generation, err error) {
	watermark, err := s.publishedWatermark(ctx)
	if err != nil {
		return nil, err
	}
	if g, _, err = s.newGeneration(ctx); err != nil {
		return nil, err
	}
	g.report.ObservedAt = watermark
	if err := g.copyJournal(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("copy journal: %w", err), g.Discard())
	}
	return g, nil
}

func (g *Generation) copyJournal(ctx context.Context) error {
	transaction, err := g.database.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = transaction.Rollback() }()
	m := &merger{Tx: transaction, report: &g.report, run: g.run, now: g.store.now(), erased: g.store.erased}
	if err := m.copyJournal(ctx, g.store.journal); err != nil {
		return err
	}
	if g.expected, err = readBack(ctx, transaction, g.report.ObservedAt); err != nil {
		return err
	}
	return transaction.Commit()
}

// publishedWatermark is the instant of the newest merge in the published file.
func (s *Store) publishedWatermark(ctx context.Context) (watermark time.Time, err error) {
	reader, done, err := s.Published(ctx)
	if err != nil {
		return watermark, err
	}
	defer func() { err = errors.Join(err, done()) }()
	info, err := reader.Info(ctx)
	if err == nil && info.Watermark != nil {
		watermark = *info.Watermark
	}
	return watermark, err
}
