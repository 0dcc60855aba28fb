package repair

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// Step is one thing a repair does, or would do.
type Step struct {
	Where string // a file below the data directory
	What  string // what is wrong with it and what becomes of it
	Lost  string // what nothing can bring back; "" when nothing is lost
}

// Repair repairs a data directory under its lock. What is damaged is moved to state/damaged, never destroyed. Close it.
type Repair struct {
	Steps []Step // so far, in the order they were done

	layout  schema.Layout
	options store.Options
	dryRun  bool
	release func() error
	begun   time.Time
	target  generation // that was asked for; no path when none was
}

// Open takes the lock of the data directory, and fails with schema.ErrLocked while a run has it. Unlike store.Open it
// accepts whatever it finds. A dry one only says what it would do.
func Open(options store.Options, dryRun bool) (*Repair, error) {
	if options.FileMode == 0 {
		options.FileMode = 0o600
	}
	if options.Hook == nil {
		options.Hook = func(string) {}
	}
	r := &Repair{layout: options.Layout, options: options, dryRun: dryRun, begun: options.Now()}
	if exists, err := durable.FileExists(r.layout.State()); err != nil || !exists && dryRun {
		r.release = func() error { return nil }
		return r, err
	}
	if !dryRun {
		if err := store.MakeDirectories(r.layout); err != nil {
			return nil, err
		}
	}
	release, err := store.TakeLock(r.layout)
	if err != nil {
		return nil, err
	}
	r.release = release
	// a dry one may look at what it cannot write to
	if err := store.WriteLockOwner(r.layout, r.begun); err != nil && !dryRun {
		return nil, errors.Join(err, release())
	}
	if err := r.pickUnusedDir(); err != nil {
		return nil, errors.Join(err, release())
	}
	return r, nil
}

// Close gives the lock back.
func (r *Repair) Close() error { return r.release() }

// Run repairs what lies in the data directory except the lake: leftovers, modes, earlier generations, the published
// file, the journal, landing, quarantine. To, unless "", names an earlier generation that shall be the published file
// again; ErrNoGeneration says that there is no such one. schema.ErrForeignFile and schema.ErrNewerSchema refuse a file
// that is another program's; it is left as it is.
func (r *Repair) Run(ctx context.Context, to string) error {
	for _, step := range []func(context.Context) error{
		r.refuseOthers,
		func(ctx context.Context) error { return r.findTarget(ctx, to) },
		r.removeLeftovers,
		r.repairModes,
		r.repairPrevious,
		r.repairFile,
		r.repairJournal,
		r.repairLanding,
		r.repairQuarantine,
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("repair: %w", err)
		}
	}
	return nil
}

// step notes what is done and does it, unless the repair is dry.
func (r *Repair) step(s Step, do func() error) error {
	r.Steps = append(r.Steps, s)
	if r.dryRun {
		return nil
	}
	return do()
}

// refuseOthers stops a repair before its first step where the file is another program's, or a newer fcpipe's, or is
// held by one that writes. What is empty or cannot be opened at all is damage.
func (r *Repair) refuseOthers(ctx context.Context) error {
	if info, err := os.Stat(r.layout.Database()); err == nil && info.Size() == 0 {
		return nil
	}
	reader, err := reader.Open(ctx, r.layout, r.options.Settings)
	if err == nil {
		return reader.Close()
	}
	isForeign := errors.Is(err, schema.ErrForeignFile) && !duck.IsFromDuckDB(err)
	if isForeign || errors.Is(err, schema.ErrNewerSchema) || duck.IsAccessDenied(err) {
		return err
	}
	return nil
}
