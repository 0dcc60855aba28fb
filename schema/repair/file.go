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
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

// ErrNoGeneration is returned when there is no earlier generation to go back to.
var ErrNoGeneration = errors.New("no such generation")

// target is the generation a person asked for; none when it has no path.
type target struct {
	path      string
	watermark time.Time
}

// findTarget proves the earlier generation of a name before anything is changed.
func (r *Repair) findTarget(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	path := filepath.Join(r.layout.Previous(), strings.TrimSuffix(filepath.Base(name), ".duckdb")+".duckdb")
	if exists, err := durable.FileExists(path); err != nil || !exists {
		return errors.Join(fmt.Errorf("%w: %s", ErrNoGeneration, r.below(path)), err)
	}
	watermark, err := r.proveGeneration(ctx, path)
	if err != nil {
		return fmt.Errorf("%s: %w", r.below(path), err)
	}
	r.target = target{path, watermark}
	return nil
}

// repairFile puts an earlier generation in the place of a published file that is damaged or breaks
// a rule, or the one that was asked for.
func (r *Repair) repairFile(ctx context.Context) error {
	if r.target.path != "" {
		return r.goBack(ctx)
	}
	damage, unreadable, err := r.damageOfFile(ctx)
	if err != nil || damage == "" {
		return err
	}
	where := r.below(r.layout.Database())
	generation, watermark, err := r.newestGood(ctx)
	switch {
	case err != nil:
		return err
	case generation == "" && !unreadable:
		r.Steps = append(r.Steps, Step{
			Where: where, What: damage + "; no earlier generation is better, so it stays as it is",
			Lost: "what this rule stands for: nothing here can say which row is right",
		})
		return nil
	case generation == "":
		return r.startOver(where, damage)
	}
	return r.step(r.restored(where, damage, generation, watermark), func() error { return r.install(generation) })
}

// startOver sets aside what is left of a file that nothing can take the place of.
func (r *Repair) startOver(where, damage string) error {
	if err := r.archivePrevious(); err != nil {
		return err
	}
	return r.step(Step{
		Where: where, What: damage + "; the next run loads everything again",
		Lost: "history older than Stripe keeps (180 days before an account was linked), and every earlier state of a row: no earlier generation is good",
	}, func() error {
		if exists, err := durable.FileExists(r.layout.Database()); err != nil || !exists {
			return err
		}
		err := r.archive(r.layout.Database())
		r.options.Hook("repair.file_archived")
		return err
	})
}

// archivePrevious sets the generations aside that open but break a rule: while one is kept, no run
// begins anew.
func (r *Repair) archivePrevious() error {
	kept, err := store.KeptGenerations(r.layout)
	if err != nil {
		return err
	}
	for _, path := range kept {
		if slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Where == r.below(path) }) {
			continue // as a dry repair says already
		}
		step := Step{Where: r.below(path), What: "opens, but breaks an invariant; moved to state/damaged"}
		if err := r.step(step, func() error { return r.archive(path) }); err != nil {
			return err
		}
	}
	return nil
}

// restored describes going back to a generation.
func (r *Repair) restored(where, damage, generation string, watermark time.Time) Step {
	return Step{
		Where: where,
		What:  fmt.Sprintf("%s; replaced by %s, as of %s; the next run fetches what is newer", damage, r.below(generation), watermark.UTC().Format(time.RFC3339)),
		Lost:  "states of rows and balances that were observed after that instant and that Stripe has replaced since: as-of questions about that time answer without them",
	}
}

// damageOfFile says what is wrong with the published file, "" when nothing is, and whether it is
// past reading. A file of another program, or of a newer fcpipe, is an error.
func (r *Repair) damageOfFile(ctx context.Context) (damage string, unreadable bool, err error) {
	path := r.layout.Database()
	exists, err := durable.FileExists(path)
	if err != nil {
		return "", false, err
	}
	if !exists {
		kept, err := store.KeptGenerations(r.layout)
		if err != nil || len(kept) == 0 && !r.everPublished() {
			return "", false, err
		}
		return "missing", true, nil
	}
	findings, err := duck.CheckBlocks(ctx, path)
	if err != nil {
		return "", false, err
	}
	if len(findings) > 0 {
		return findings[0].What, true, nil
	}
	reader, err := reader.Open(ctx, r.layout, r.options.Settings)
	if err != nil {
		return "", false, err // whole, but not one of ours
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	findings, err = check.ReadEverything(ctx, reader)
	if err == nil && len(findings) > 0 {
		return findings[0].What, true, nil
	}
	if err == nil {
		findings, err = check.CheckRules(ctx, reader, []string{"rule_", "deep_rule_"})
	}
	if err != nil || len(findings) == 0 {
		return "", false, err
	}
	return findings[0].Where + " " + findings[0].What, false, nil
}

// everPublished reports whether the journal knows of rows that a file held: a round counts what it published.
func (r *Repair) everPublished() bool {
	log, err := journal.Open(r.layout.Journal())
	return err == nil && slices.ContainsFunc(log.Runs(), func(run journal.FinishedRun) bool { return run.TransactionsNew > 0 })
}

// newestGood finds the newest earlier generation that keeps every rule.
func (r *Repair) newestGood(ctx context.Context) (path string, watermark time.Time, err error) {
	kept, err := store.KeptGenerations(r.layout)
	if err != nil {
		return "", watermark, err
	}
	for _, path := range slices.Backward(kept) {
		watermark, err := r.proveGeneration(ctx, path)
		if ctx.Err() != nil || duck.IsInconclusive(err) {
			return "", watermark, errors.Join(ctx.Err(), err)
		}
		if err == nil {
			return path, watermark, nil
		}
	}
	return "", watermark, nil
}

// proveGeneration holds a file to its checksums and every rule, and returns its watermark.
func (r *Repair) proveGeneration(ctx context.Context, path string) (watermark time.Time, err error) {
	findings, err := duck.CheckBlocks(ctx, path)
	if err != nil || len(findings) > 0 {
		return watermark, errors.Join(err, findingsError(findings))
	}
	reader, err := reader.OpenFile(ctx, path, r.layout, r.options.Settings)
	if err != nil {
		return watermark, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if findings, err = check.CheckRules(ctx, reader, []string{"rule_", "deep_rule_"}); err != nil || len(findings) > 0 {
		return watermark, errors.Join(err, findingsError(findings))
	}
	info, err := reader.Info(ctx)
	if err == nil && info.Watermark != nil {
		watermark = *info.Watermark
	}
	return watermark, err
}

func findingsError(findings []schema.Finding) error {
	if len(findings) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s %s", schema.ErrInvariant, findings[0].Where, findings[0].What)
}

// goBack makes the generation that was asked for the published one. The one it replaces is set aside: as one
// of the earlier generations the next publish would remove it.
func (r *Repair) goBack(ctx context.Context) error {
	damage, _, err := r.damageOfFile(ctx)
	if err != nil {
		return err
	}
	where := r.below(r.layout.Database())
	if damage == "" {
		damage = "kept as " + r.below(r.ArchivePath(where))
	}
	return r.step(r.restored(where, damage, r.target.path, r.target.watermark), func() error { return r.install(r.target.path) })
}

// install copies a generation into the place of the published file, which is set aside. There is
// a published file at every instant.
func (r *Repair) install(generation string) error {
	published, next := r.layout.Database(), r.layout.Next()
	if _, err := durable.CopyFile(generation, next); err != nil {
		return errors.Join(err, duck.Remove(next))
	}
	if err := errors.Join(os.Chmod(next, r.options.FileMode), durable.SyncFile(next)); err != nil {
		return err
	}
	keep := r.ArchivePath(r.below(published))
	if err := durable.MakeDirectory(filepath.Dir(keep)); err != nil {
		return err
	}
	if err := durable.LinkOrCopy(published, keep); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := durable.SyncDirectory(filepath.Dir(keep)); err != nil {
		return err
	}
	if err := os.Rename(next, published); err != nil {
		return err
	}
	r.options.Hook("repair.file_renamed")
	return durable.SyncDirectory(r.layout.Dir)
}
