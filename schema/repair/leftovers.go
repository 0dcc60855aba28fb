package repair

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
	"fcpipe/schema/store"
)

// removeLeftovers removes what killed runs left: no reader ever saw it, or it is merged.
func (r *Repair) removeLeftovers(context.Context) error {
	if err := r.sweepMerged(); err != nil {
		return err
	}
	for _, pattern := range []string{
		r.layout.Next() + "*",
		r.layout.Compacted() + "*",
		filepath.Join(r.layout.Landing(), "building*"),
		filepath.Join(r.layout.State(), "writable-*"),
		r.layout.Journal() + ".tmp",
		filepath.Join(r.layout.Quarantine(), landing.TempPayload),
	} {
		found, err := durable.FilesMatching(filepath.Dir(pattern), filepath.Base(pattern))
		if err != nil {
			return err
		}
		for _, path := range found {
			step := Step{Where: r.below(path), What: "left by a run that was killed; removed"}
			if err := r.step(step, func() error { return os.Remove(path) }); err != nil {
				return err
			}
		}
	}
	if r.dryRun {
		return nil
	}
	return store.ClearSpill(r.layout.Spill())
}

// sweepMerged ends the removal of segments whose rows are in the published file.
func (r *Repair) sweepMerged() error {
	_, merged, err := landing.ListSegments(r.layout.Landing())
	if err != nil {
		return err
	}
	for _, path := range merged {
		r.Steps = append(r.Steps, Step{
			Where: r.below(path), What: "merged by a run that was killed before it removed it; removed",
		})
	}
	if r.dryRun {
		return nil
	}
	return landing.Sweep(r.layout.Landing(), r.options.Hook)
}

// repairModes closes what is open to others, and archives a write-ahead log that would be replayed into the next
// published file.
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
		step := Step{Where: f.Where, What: f.What + "; moved to state/damaged"}
		return r.step(step, func() error { return r.archive(path) })
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
	step := Step{Where: f.Where, What: fmt.Sprintf("%s; becomes %v", f.What, mode.Perm())}
	return r.step(step, func() error { return os.Chmod(path, mode) })
}
