package repair

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/store"
)

// repairFile puts an earlier generation in the place of a published file that is damaged or breaks a rule, or the one
// that was asked for.
func (r *Repair) repairFile(ctx context.Context) error {
	found, err := r.examine(ctx)
	if err != nil {
		return err
	}
	if r.target.path != "" {
		return r.goBack(found)
	}
	if found.health == whole {
		return nil
	}
	good, err := r.newestGood(ctx)
	if err != nil {
		return err
	}
	hasGood := good.path != ""
	switch {
	case hasGood: // whatever is wrong with the file
		return r.step(r.restored(found.what, good), func() error { return r.install(good) })
	case found.health == breaksRule:
		return r.keepBroken(found)
	default: // unreadable or missing
		return r.startOver(found)
	}
}

// keepBroken leaves a file in place that can be read and breaks a rule: no earlier generation is better.
func (r *Repair) keepBroken(found diagnosis) error {
	return r.step(Step{
		Where: r.below(r.layout.Database()),
		What:  found.what + "; no earlier generation is better, so it stays as it is",
		Lost:  "what this rule stands for: nothing here can say which row is right",
	}, func() error { return nil })
}

// startOver archives what is left of a file that nothing can take the place of, so that the next run begins with an
// empty one.
func (r *Repair) startOver(found diagnosis) error {
	if err := r.archivePrevious(); err != nil {
		return err
	}
	return r.step(Step{
		Where: r.below(r.layout.Database()),
		What:  found.what + "; the next run loads everything again",
		Lost: "history older than Stripe keeps (180 days before an account was linked), and every earlier state of a " +
			"row: no earlier generation is good",
	}, func() error {
		if found.health == missing {
			return nil
		}
		err := r.archive(r.layout.Database())
		r.options.Hook("repair.file_archived")
		return err
	})
}

// archivePrevious archives the generations that open but break a rule: while one is kept, no run starts with an empty
// file.
func (r *Repair) archivePrevious() error {
	kept, err := store.KeptGenerations(r.layout)
	if err != nil {
		return err
	}
	for _, path := range kept {
		if slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Where == r.below(path) }) {
			continue // a dry repair has it among its steps already
		}
		step := Step{Where: r.below(path), What: "opens, but breaks an invariant; moved to state/damaged"}
		if err := r.step(step, func() error { return r.archive(path) }); err != nil {
			return err
		}
	}
	return nil
}

// restored describes going back to a generation.
func (r *Repair) restored(damage string, to generation) Step {
	return Step{
		Where: r.below(r.layout.Database()),
		What: fmt.Sprintf("%s; replaced by %s, as of %s; the next run fetches what is newer",
			damage, r.below(to.path), to.watermark.UTC().Format(time.RFC3339)),
		Lost: "states of rows and balances that were observed after that instant and that Stripe has replaced since: " +
			"as-of questions about that time answer without them",
	}
}

// goBack makes the generation that was asked for the published one. The file it replaces is archived: as one of the
// earlier generations the next publish would remove it.
func (r *Repair) goBack(found diagnosis) error {
	what := found.what
	if found.health == whole {
		what = "kept as " + r.below(r.ArchivePath(r.below(r.layout.Database())))
	}
	return r.step(r.restored(what, r.target), func() error { return r.install(r.target) })
}

// install copies a generation into the place of the published file, which is archived. There is a published file at
// every instant.
func (r *Repair) install(from generation) error {
	published, next := r.layout.Database(), r.layout.Next()
	if _, err := durable.CopyFile(from.path, next); err != nil {
		return errors.Join(err, duck.Remove(next))
	}
	if err := errors.Join(os.Chmod(next, r.options.FileMode), durable.SyncFile(next)); err != nil {
		return err
	}
	archived := r.ArchivePath(r.below(published))
	if err := durable.MakeDirectory(filepath.Dir(archived)); err != nil {
		return err
	}
	if err := durable.LinkOrCopy(published, archived); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := durable.SyncDirectory(filepath.Dir(archived)); err != nil {
		return err
	}
	if err := os.Rename(next, published); err != nil {
		return err
	}
	r.options.Hook("repair.file_renamed")
	return durable.SyncDirectory(r.layout.Dir)
}
