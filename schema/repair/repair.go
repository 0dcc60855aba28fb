package repair

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// RepairStep is one thing a repair does, or would do.
type Step struct {
	Where string // a file below the data directory
	What  string // what is wrong with it and what becomes of it
	Lost  string // what nothing can bring back; "" when nothing is lost
}

// Repair mends a data directory under its lock. Nothing that is damaged is destroyed: it is set
// aside below state/damaged. Close it.
type Repair struct {
	Steps []Step // so far

	layout  schema.Layout
	options store.Options
	dryRun  bool
	release func() error
	begun   time.Time
	target  target
}

// OpenRepair takes the data directory's lock, which fails with ErrLocked while a run has it.
// Unlike OpenStore it does not mind what it finds. A dry one only says what it would do.
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
	if err := store.WriteLockOwner(r.layout, r.begun); err != nil && !dryRun { // a dry one may look at what it cannot write to
		return nil, errors.Join(err, release())
	}
	if err := r.pickUnusedDir(); err != nil {
		return nil, errors.Join(err, release())
	}
	return r, nil
}

// Close gives the lock back.
func (r *Repair) Close() error { return r.release() }

// Run mends what lies in the data directory except the lake: leftovers, modes, the journal, the
// published file, earlier generations, landing, quarantine. ErrForeignFile and ErrNewerSchema refuse a
// file that is another program's; it is left as it is. To, unless "", names an earlier
// generation that shall be the published file again.
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

// Aside is where this repair puts the damaged file of a name below the data directory.
func (r *Repair) ArchivePath(name string) string {
	return filepath.Join(r.layout.Damaged(), r.begun.UTC().Format("20060102T150405.000Z"), name)
}

// pickUnusedDir sees that nothing is where this repair sets things aside: by a clock that stands still
// or went back an earlier one may have begun at the same instant.
func (r *Repair) pickUnusedDir() error {
	for {
		taken, err := durable.FileExists(r.ArchivePath(""))
		if err != nil || !taken {
			return err
		}
		r.begun = r.begun.Add(time.Millisecond)
	}
}

// archive moves a file, or what else is there, out of the way without destroying it.
func (r *Repair) archive(path string) error {
	name, err := filepath.Rel(r.layout.Dir, path)
	if err != nil {
		return err
	}
	to := r.ArchivePath(name)
	if err := durable.MakeDirectory(filepath.Dir(to)); err != nil {
		return err
	}
	if err := os.Rename(path, to); err != nil {
		return err
	}
	return errors.Join(durable.SyncDirectory(filepath.Dir(to)), durable.SyncDirectory(filepath.Dir(path)))
}

// below names a file for people.
func (r *Repair) below(path string) string {
	name, err := filepath.Rel(r.layout.Dir, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(name)
}

// refuseOthers stops a repair before its first step where the file is another program's, or a
// newer fcpipe's, or is held by one that writes. What is empty or cannot be opened at all is damage.
func (r *Repair) refuseOthers(ctx context.Context) error {
	if info, err := os.Stat(r.layout.Database()); err == nil && info.Size() == 0 {
		return nil
	}
	reader, err := reader.Open(ctx, r.layout, r.options.Settings)
	if err == nil {
		return reader.Close()
	}
	if unread := duck.IsFromDuckDB(err); errors.Is(err, schema.ErrForeignFile) && !unread || errors.Is(err, schema.ErrNewerSchema) || duck.IsAccessDenied(err) {
		return err
	}
	return nil
}

// removeLeftovers removes what killed runs left: it was never shown to anybody, or it is merged.
func (r *Repair) removeLeftovers(context.Context) error {
	if err := r.removeMerged(); err != nil {
		return err
	}
	for _, left := range []string{
		r.layout.Next() + "*", r.layout.Compacted() + "*", filepath.Join(r.layout.Landing(), "building*"), filepath.Join(r.layout.State(), "writable-*"),
		r.layout.Journal() + ".tmp", filepath.Join(r.layout.Quarantine(), landing.TempPayload),
	} {
		found, err := durable.FilesMatching(filepath.Dir(left), filepath.Base(left))
		if err != nil {
			return err
		}
		for _, path := range found {
			if err := r.step(Step{Where: r.below(path), What: "left by a run that was killed; removed"}, func() error { return os.Remove(path) }); err != nil {
				return err
			}
		}
	}
	if r.dryRun {
		return nil
	}
	return store.ClearSpill(r.layout.Spill())
}

// Sweep ends the removal of segments that are in the published file.
func (r *Repair) removeMerged() error {
	_, merged, err := landing.ListSegments(r.layout.Landing())
	if err != nil {
		return err
	}
	for _, path := range merged {
		r.Steps = append(r.Steps, Step{Where: r.below(path), What: "merged by a run that was killed before it removed it; removed"})
	}
	if r.dryRun {
		return nil
	}
	return landing.Sweep(r.layout.Landing(), r.options.Hook)
}

// repairModes closes what is open to others, and puts a write-ahead log out of the way that would
// be replayed into the next published file.
func (r *Repair) repairModes(context.Context) error {
	found, err := check.VerifyPermissions(r.layout)
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := r.repairMode(f); err != nil {
			return err
		}
	}
	return nil
}

func (r *Repair) repairMode(f schema.Finding) error {
	path := filepath.Join(r.layout.Dir, f.Where)
	if strings.HasSuffix(path, ".wal") {
		return r.step(Step{Where: f.Where, What: f.What + "; moved to state/damaged"}, func() error { return r.archive(path) })
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	mode := info.Mode() // what a directory's group may do stays, and that new files get that group
	if path == r.layout.Database() {
		mode = r.options.FileMode
	}
	mode &^= check.ForbiddenMode(r.layout, path)
	return r.step(Step{Where: f.Where, What: fmt.Sprintf("%s; becomes %v", f.What, mode.Perm())}, func() error { return os.Chmod(path, mode) })
}

// repairPrevious sets earlier generations aside that nobody could go back to.
func (r *Repair) repairPrevious(ctx context.Context) error {
	paths, err := store.KeptGenerations(r.layout)
	if err != nil {
		return err
	}
	for _, path := range paths {
		findings, err := check.VerifyStored(ctx, r.layout, path, r.options.Settings)
		if err != nil {
			return err
		}
		if len(findings) == 0 {
			continue
		}
		if err := r.step(Step{Where: r.below(path), What: findings[0].What + "; moved to state/damaged"}, func() error { return r.archive(path) }); err != nil {
			return err
		}
	}
	return nil
}

// repairLanding sets damaged segments aside, and those behind them: they are fetched again.
func (r *Repair) repairLanding(ctx context.Context) error {
	paths, _, err := landing.ListSegments(r.layout.Landing())
	if err != nil {
		return err
	}
	good := 0
	for ; good < len(paths); good++ {
		findings, err := check.VerifyStored(ctx, r.layout, paths[good], r.options.Settings)
		if err != nil {
			return err
		}
		if len(findings) > 0 {
			break
		}
	}
	for _, path := range slices.Backward(paths[good:]) { // killed in between, none is left behind one that is gone
		step := Step{Where: r.below(path), What: "damaged, or after a damaged one; moved to state/damaged, its rows are fetched again"}
		if err := r.step(step, func() error { return r.archive(path) }); err != nil {
			return err
		}
	}
	return nil
}

// repairQuarantine sets bodies aside that are not what was refused.
func (r *Repair) repairQuarantine(ctx context.Context) error {
	findings, err := check.VerifyQuarantine(ctx, r.layout)
	if err != nil {
		return err
	}
	for _, f := range findings {
		step := Step{Where: f.Where, What: f.What + "; moved to state/damaged", Lost: "what Stripe sent, unless it sends it again and it is refused again"}
		if err := r.step(step, func() error { return r.archive(filepath.Join(r.layout.Dir, f.Where)) }); err != nil {
			return err
		}
	}
	return nil
}
