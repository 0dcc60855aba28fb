package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/schema/repair"
	"fcpipe/schema/store"
)

func (a *app) repairCommand() *cobra.Command {
	var dryRun, models bool
	var to string
	c := &cobra.Command{
		Use: "repair", Short: "repair file, lake and state as far as possible; go back to an earlier file",
		Args: noArguments,
		Long: `Repairs what "fcpipe verify --deep" finds, and reports what cannot be recovered:
  the file     replaced by the newest intact earlier generation; the next run fetches what is newer
  the lake     rewritten from the file
  the journal  keeps its whole lines; runs, reads and charges that it lacks are restored from the file
  landing      damaged segments are dropped; the next run fetches their rows again
What killed runs left behind is removed.

Nothing damaged is destroyed: it is moved to state/damaged. That directory holds bank data like the
rest; removing it is up to you.

--to goes back to an earlier generation on purpose, named by its file in state/previous; the current
file is kept in state/damaged, and the next run brings the older one up to date.
--models repairs nothing else: it rebuilds every derived table whole from the rows of the published file,
which a run does only for models that changed, and publishes file and lake as a run does. It is for tables
that "fcpipe verify --deep" finds to differ from a rebuild; --json says how long it took (derive_seconds, and
derive_tables of each table).
No request is sent. A file made by another program, or by a newer fcpipe, is not touched.`,
		Example: `  fcpipe repair --dry-run
  fcpipe repair --to 20260601T140000.000000000Z
  fcpipe repair --models`,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case models && to != "":
				return usageError{errModelsAlone}
			case models:
				return a.repairModels(c.Context(), dryRun)
			}
			return a.repair(c.Context(), dryRun, to)
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "report what would be done; change nothing")
	c.Flags().StringVar(&to, "to", "", "earlier generation to go back to, by its name in state/previous")
	c.Flags().BoolVar(&models, "models", false, "rebuild every derived table of the published file, and nothing else")
	return a.jsonFlag(c)
}

// repairStep is one thing that was done, or would be.
type repairStep struct {
	Where string `json:"where"`
	What  string `json:"what"`
	Lost  string `json:"lost,omitempty"` // what nothing can bring back
}

func (a *app) repair(ctx context.Context, dryRun bool, to string) (err error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	a.log = a.newLogger(cfg.Log)
	options := a.repairOptions(cfg)
	r, err := repair.Open(options, dryRun)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	err = r.Run(ctx, to)
	steps := []repairStep{}
	for _, s := range r.Steps {
		steps = append(steps, repairStep(s))
	}
	if err == nil {
		var lake []repairStep
		lake, err = a.repairLake(ctx, cfg, options.Now, r.ArchivePath("lake"), dryRun)
		steps = append(steps, lake...)
	}
	if errors.Is(err, repair.ErrNoGeneration) {
		err = usageError{err}
	}
	if err != nil && len(steps) == 0 {
		return err
	}
	if err := errors.Join(a.printRepair(steps, dryRun), err); err != nil || dryRun {
		return err
	}
	return a.proveRepair(ctx, cfg, steps)
}

// repairOptions takes time as it is where the journal cannot tell what it is.
func (a *app) repairOptions(cfg config.Config) store.Options {
	now, err := a.nowOf(cfg)
	if err != nil {
		now = a.now
	}
	return store.Options{
		Layout: cfg.Layout(), Settings: duckSettings(cfg), Reading: exportSettings(cfg),
		FileMode: fs.FileMode(cfg.Data.FileMode), KeepGenerations: cfg.Data.KeepGenerations,
		ProgramVersion: version, Now: now,
	}
}

// repairLake writes the lake anew where it is wrong. Without a file there is nothing to write it
// from; one that a dry run would have replaced says nothing of it either.
func (a *app) repairLake(ctx context.Context, cfg config.Config, now func() time.Time, aside string,
	dryRun bool,
) (steps []repairStep, err error) {
	reader, err := reader.Open(ctx, cfg.Layout(), exportSettings(cfg))
	if errors.Is(err, schema.ErrNoDatabase) || dryRun && err != nil {
		return nil, nil //nolint:nilerr // the steps before say what becomes of the file
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	options, err := a.exportOptions(cfg, now)
	if err != nil {
		return nil, err
	}
	problems, err := export.Repair(ctx, reader, options, aside, dryRun)
	if dryRun && duck.IsDamaged(err) {
		err = nil
	}
	for _, p := range problems {
		steps = append(steps, repairStep{Where: "lake/" + p.Path, What: p.What + "; rewritten from the published file"})
	}
	return steps, err
}

func (a *app) printRepair(steps []repairStep, dryRun bool) error {
	if a.json {
		return a.printJSON(map[string]any{"dry_run": dryRun, "steps": steps})
	}
	for _, s := range steps {
		fmt.Fprintf(a.stdout, "%s: %s\n", s.Where, s.What)
		if s.Lost != "" {
			fmt.Fprintf(a.stdout, "  cannot be recovered: %s\n", s.Lost)
		}
	}
	if len(steps) == 0 {
		fmt.Fprintln(a.stdout, "nothing to repair")
	}
	return nil
}

// proveRepair looks at everything again: what is broken still could not be mended.
func (a *app) proveRepair(ctx context.Context, cfg config.Config, steps []repairStep) error {
	report, err := a.examine(ctx, cfg, true)
	if err != nil && !errors.Is(err, schema.ErrNoDatabase) {
		return err
	}
	if len(report.Findings) > 0 {
		first := report.Findings[0]
		return fmt.Errorf("%w that could not be repaired: %d, the first: %s: %s", errFindings, len(report.Findings),
			first.Where, first.What)
	}
	if err != nil && slices.ContainsFunc(steps, func(s repairStep) bool { return s.Lost != "" }) {
		return hint(fmt.Errorf("%w: there is no intact file to go back to", errLost), `"fcpipe run" makes a new one`)
	}
	return nil
}

// errModelsAlone: --models and --to are two repairs.
var errModelsAlone = errors.New("--models rebuilds tables of the file that is published, --to replaces it: give one")

// repairModels rebuilds every derived table of the published file, and brings the lake up to it.
func (a *app) repairModels(ctx context.Context, dryRun bool) error {
	if dryRun {
		return a.planModels(ctx)
	}
	cfg, opened, now, err := a.openStore(ctx)
	if err != nil {
		return hintGone(err)
	}
	lake, err := a.exportOptions(cfg, now)
	if err != nil {
		return err
	}
	watch := round.NewStopwatch(a.now)
	times, err := round.Round{
		Stages: watch, Store: opened, Now: now, Clock: a.now, Export: lake, ReportZone: cfg.Analytics.Timezone,
		ProgramVersion: version, Log: a.log, ExitCode: exitCode,
	}.RebuildModels(ctx)
	if err != nil {
		return hintChange(cfg, err)
	}
	return a.showModels(ctx, cfg, map[string]any{
		"dry_run": false, "derive_seconds": times.DeriveSeconds, "derive_ledger_seconds": times.LedgerSeconds,
		"derive_quality_seconds": times.QualitySeconds, "derive_expenses_seconds": times.ExpensesSeconds,
		"derive_underwriting_seconds": times.UnderwritingSeconds, "derive_tables": watch.Tables(),
	})
}

// planModels says what repairModels would do. It takes no lock and leaves no trace.
func (a *app) planModels(ctx context.Context) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	return a.showModels(ctx, cfg, map[string]any{"dry_run": true})
}

// showModels says which derived tables of the published file are rebuilt, with what else JSON has.
func (a *app) showModels(ctx context.Context, cfg config.Config, facts map[string]any) error {
	published, err := openReader(ctx, cfg, exportSettings)
	if err != nil {
		return err
	}
	step, err := modelsStep(ctx, published)
	if err := errors.Join(err, published.Close()); err != nil {
		return err
	}
	return a.printModels(step, facts)
}

// modelsStep is the one step there is.
func modelsStep(ctx context.Context, published *reader.Reader) (step repairStep, err error) {
	info, err := published.Info(ctx)
	return repairStep{
		Where: filepath.Base(published.Path()),
		What: fmt.Sprintf("every derived table rebuilt whole, from the rows merged until %s UTC; the lake follows",
			shortTime(info.Watermark)),
	}, err
}

func (a *app) printModels(step repairStep, shown map[string]any) error {
	if !a.json {
		return a.printRepair([]repairStep{step}, false)
	}
	shown["steps"] = []repairStep{step}
	return a.printJSON(shown)
}
