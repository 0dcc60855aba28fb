package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/export"
	"fcpipe/schema"
)

func (a *app) repairCommand() *cobra.Command {
	var dryRun bool
	var to string
	c := &cobra.Command{
		Use: "repair", Short: "mend file, lake and state as far as they can be mended; go back to an earlier file", Args: noArguments,
		Long: `Mends what "fcpipe verify --deep" finds, and says what cannot be brought back:
a damaged or missing lake is written anew from the file; in the place of a damaged or missing file
comes the newest earlier generation that is whole, and the next run fetches what is newer; the
journal keeps its whole lines, and takes runs, reads and charges from the file, all of them where it is
gone or an older one was put back; each counts once; damaged landing segments
are fetched again; what killed runs left is removed.
What is damaged is never destroyed: it is moved to state/damaged, which holds bank data like the
rest and is yours to remove.
--to goes back to an earlier generation, named by its file in state/previous, though nothing is
damaged; the file of now is kept in state/damaged. The next run brings it up to date again.
No request is sent. A file of another program or of a newer fcpipe is left alone.`,
		Example: `  fcpipe repair --dry-run
  fcpipe repair --to 20260601T140000.000000000Z`,
		RunE: func(c *cobra.Command, _ []string) error { return a.repair(c.Context(), dryRun, to) },
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done, change nothing")
	c.Flags().StringVar(&to, "to", "", "earlier generation to go back to: its name in state/previous")
	return a.jsonFlag(c)
}

// repairStep is one thing that was done, or would be.
type repairStep struct {
	Where string `json:"where"`
	What  string `json:"what"`
	Lost  string `json:"lost,omitempty"` // what nothing can bring back
}

func (a *app) repair(ctx context.Context, dryRun bool, to string) (err error) {
	config, err := a.loadConfig()
	if err != nil {
		return err
	}
	a.log = a.newLogger(config.Log)
	options := a.repairOptions(config)
	r, err := schema.OpenRepair(options, dryRun)
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
		lake, err = a.repairLake(ctx, config, options.Now, r.Aside("lake"), dryRun)
		steps = append(steps, lake...)
	}
	if errors.Is(err, schema.ErrNoGeneration) {
		err = usageError{err}
	}
	if err != nil && len(steps) == 0 {
		return err
	}
	if err := errors.Join(a.printRepair(steps, dryRun), err); err != nil || dryRun {
		return err
	}
	return a.proveRepair(ctx, config, steps)
}

// repairOptions takes time as it is where the journal cannot tell what it is.
func (a *app) repairOptions(config Config) schema.StoreOptions {
	now, err := a.nowOf(config)
	if err != nil {
		now = a.now
	}
	return schema.StoreOptions{
		Layout: config.layout(), Settings: config.duckdb(), FileMode: fs.FileMode(config.Data.FileMode), KeepGenerations: config.Data.KeepGenerations,
		ProgramVersion: version, Now: now,
	}
}

// repairLake writes the lake anew where it is wrong. Without a file there is nothing to write it
// from; one that a dry run would have replaced says nothing of it either.
func (a *app) repairLake(ctx context.Context, config Config, now func() time.Time, aside string, dryRun bool) (steps []repairStep, err error) {
	reader, err := schema.OpenReader(ctx, config.layout(), config.duckdb())
	if errors.Is(err, schema.ErrNoDatabase) || dryRun && err != nil {
		return nil, nil //nolint:nilerr // the steps before say what becomes of the file
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	problems, err := export.Repair(ctx, reader, exportOptionsOf(config, now), aside, dryRun)
	if dryRun && schema.IsDamaged(err) {
		err = nil
	}
	for _, p := range problems {
		steps = append(steps, repairStep{Where: "lake/" + p.Path, What: p.What + "; written anew from the file"})
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
			fmt.Fprintf(a.stdout, "  cannot be brought back: %s\n", s.Lost)
		}
	}
	if len(steps) == 0 {
		fmt.Fprintln(a.stdout, "nothing to mend")
	}
	return nil
}

// proveRepair looks at everything again: what is broken still could not be mended.
func (a *app) proveRepair(ctx context.Context, config Config, steps []repairStep) error {
	report, err := a.examine(ctx, config, true)
	if err != nil && !errors.Is(err, schema.ErrNoDatabase) {
		return err
	}
	if len(report.Findings) > 0 {
		first := report.Findings[0]
		return fmt.Errorf("%w that could not be mended: %d, the first: %s: %s", errFindings, len(report.Findings), first.Where, first.What)
	}
	if err != nil && slices.ContainsFunc(steps, func(s repairStep) bool { return s.Lost != "" }) {
		return hint(fmt.Errorf("%w: there is no whole file to go back to", errLost), `"fcpipe run" makes a new one`)
	}
	return nil
}
