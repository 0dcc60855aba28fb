package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/history"
	"fcpipe/schema/models"
)

// publishExpectation is what a generation must show when it is opened again.
type publishExpectation struct {
	transactions int64  // all of them
	watermark    int64  // in microseconds
	touched      string // rows of the round by table, with a hash of their ids and amounts
}

// readBack reads it, of the round of an instant.
func readBack(ctx context.Context, database duck.Queryer, observedAt time.Time) (e publishExpectation, err error) {
	err = database.QueryRowContext(ctx, statements.Get("publish_read_back"), sql.Named("observed_at", observedAt)).Scan(
		&e.transactions, &e.watermark, &e.touched,
	)
	return e, err
}

// Derive brings every derived table of the generation up to date.
func (g *Generation) Derive(ctx context.Context) error {
	if err := models.Derive(ctx, g.database, models.Parameters{
		AsOf: g.report.ObservedAt, ReportZone: g.run.ReportZone, Rebuild: g.rebuild, Gone: g.gone,
		PartRows: models.PartRows(g.store.Settings().MemoryLimit), Derived: g.Derived,
	}); err != nil {
		return fmt.Errorf("derive: %w", err)
	}
	if err := g.forgetGone(); err != nil {
		return fmt.Errorf("derive: %w", err)
	}
	if err := history.Record(ctx, g.database); err != nil {
		return fmt.Errorf("attribute history: %w", err)
	}
	g.store.hook("derive.done")
	return nil
}

// Publish makes the generation the file that analysts open: checkpointed, checked,
// durable, renamed. Readers of the replaced file keep reading it. Afterwards the
// landing segments it holds are removed. On an error Published says which file is there.
func (g *Generation) Publish(ctx context.Context) error {
	if err := g.finish(ctx); err != nil {
		return errors.Join(fmt.Errorf("publish: %w", err), g.Discard(), duck.Remove(g.store.layout.Next()))
	}
	layout := g.store.layout
	if err := g.check(ctx); err != nil {
		return fmt.Errorf("publish: %w", errors.Join(err, duck.Remove(layout.Next())))
	}
	if err := g.swap(); err != nil {
		if !g.published {
			err = errors.Join(err, duck.Remove(layout.Next()))
		}
		return fmt.Errorf("publish: %w", err)
	}
	if g.landing == nil { // nothing was merged: what landed waits for the next round
		return nil
	}
	return g.landing.Remove(g.merged)
}

// Published reports whether the generation is the published file. It may be after a Publish
// that failed: what is left then is to make it outlive a power cut, or to remove what landed,
// which the next round merges again.
func (g *Generation) Published() bool { return g.published }

// finish writes everything into one file, compacts it when it is mostly air, and closes it. A copy has no write-ahead
// log: what its transactions committed is in the file by this CHECKPOINT alone, and durable once swap has synced it.
func (g *Generation) finish(ctx context.Context) error {
	if err := g.forgetGone(); err != nil {
		return err
	}
	if err := checkpoint(ctx, g.database); err != nil {
		return err
	}
	var used, free int64
	if err := g.database.QueryRowContext(
		ctx, "SELECT used_blocks, free_blocks FROM pragma_database_size() WHERE database_name = current_database()",
	).Scan(&used, &free); err != nil {
		return err
	}
	if err := g.database.Close(); err != nil {
		return err
	}
	g.database = nil
	g.store.hook("publish.checkpointed")
	if total := used + free; g.fresh || total > compactionFloor && free*10 > total*3 {
		return g.store.compact(ctx)
	}
	return nil
}

// check proves every block of the finished file, also those it took over unread: bits that turned
// over in the published file must not outlive the last generation without them. Then it opens the
// file as a reader would.
func (g *Generation) check(ctx context.Context) (err error) {
	layout := g.store.layout
	damaged, err := duck.CheckBlocks(ctx, layout.Next())
	if err != nil {
		return err
	}
	if len(damaged) > 0 {
		return fmt.Errorf(
			"%w: the next generation: %s; \"fcpipe verify --deep\" checks the published file, "+
				"\"fcpipe repair\" repairs it",
			schema.ErrInvariant, damaged[0].What,
		)
	}
	if exists, err := durable.FileExists(layout.Next() + ".wal"); err != nil || exists {
		return errors.Join(fmt.Errorf("%w: the next generation left a write-ahead log", schema.ErrInvariant), err)
	}
	database, err := duck.Open(ctx, layout.Next(), duck.ReadOnly, g.settings, layout.State())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	shown, err := readBack(ctx, database, g.report.ObservedAt)
	if err != nil {
		return err
	}
	var described int64
	if err := database.QueryRowContext(ctx, statements.Get("publish_described")).Scan(&described); err != nil {
		return err
	}
	if shown != g.expected || described == 0 {
		return fmt.Errorf("%w: the next generation reads back %d of %d transactions, of this round %s, written were %s",
			schema.ErrInvariant, shown.transactions, g.expected.transactions, shown.touched, g.expected.touched)
	}
	return nil
}

// swap replaces the published file by the finished one. A run that is killed before the rename leaves the next file,
// which clearLeftovers (lock.go) removes; after it, what landed is still there, and merging it again finds nothing new.
func (g *Generation) swap() error {
	s := g.store
	next, published := s.layout.Next(), s.layout.Database()
	if err := os.Chmod(next, s.options.FileMode); err != nil {
		return err
	}
	if err := durable.SyncFile(next); err != nil {
		return err
	}
	if !g.fresh {
		if err := s.keepPrevious(); err != nil {
			return err
		}
	}
	// a write-ahead log beside the published path would be replayed into the new file
	if err := os.Remove(published + ".wal"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	s.hook("publish.before_rename")
	if err := os.Rename(next, published); err != nil {
		return err
	}
	g.published = true
	if err := durable.SyncDirectory(s.layout.Dir); err != nil {
		return err
	}
	s.hook("publish.renamed")
	if g.fresh {
		return s.RemovePrevious()
	}
	return s.prunePrevious()
}
