package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/export"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
)

func (a *app) exportCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use: "export", Short: "bring the Parquet lake up to date with the published file; sends no request",
		Args: noArguments,
		Long: "A round ends with an export. Run it alone if the lake was lost, or if an export failed on a full disk.",
		RunE: func(c *cobra.Command, _ []string) error { return a.export(c.Context()) },
	})
}

// openStore opens the data directory without the API, for commands that send no request.
func (a *app) openStore(ctx context.Context) (cfg config.Config, s *store.Store, now func() time.Time, err error) {
	if cfg, err = a.loadConfig(); err != nil {
		return cfg, nil, nil, err
	}
	a.log = a.newLogger(cfg.Log)
	if now, err = a.nowOf(cfg); err != nil {
		return cfg, nil, nil, err
	}
	s, err = store.Open(ctx, store.Options{
		Layout: cfg.Layout(), Settings: duckSettings(cfg), FileMode: fs.FileMode(cfg.Data.FileMode),
		KeepGenerations: cfg.Data.KeepGenerations,
		ProgramVersion:  version, Now: now, Hook: a.hooks.Reached,
	})
	return cfg, s, now, err
}

func (a *app) export(ctx context.Context) (err error) {
	cfg, store, now, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	release, err := store.Lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	// opened under the lock: nobody publishes a newer file meanwhile
	reader, err := openReader(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	options := exportOptionsOf(cfg, now)
	report, err := export.Run(ctx, reader, options)
	if err != nil {
		return err
	}
	round.WarnOfLake(a.log, report)
	if a.json {
		return a.printJSON(map[string]any{
			"unchanged": report.Unchanged, "export_id": report.ExportID, "files_written": report.FilesWritten,
			"files_kept": report.FilesKept, "files_retired": report.FilesRetired, "rows": report.Rows,
			"bytes":              report.Bytes,
			"no_current_because": report.View, "rebuilt_because": report.Rebuilt,
			"rows_of_other_months": report.OtherMonths,
		})
	}
	a.printExport(report, options.Dir)
	return nil
}

// printExport says what an export did, for people.
func (a *app) printExport(report export.Report, dir string) {
	if report.Unchanged {
		fmt.Fprintf(a.stdout, "nothing new: %s in %s\n", round.Count(int64(report.FilesKept), "file"), dir)
	} else {
		fmt.Fprintf(a.stdout, "wrote %s with %s, kept %d, removed %d in %s\n",
			round.Count(int64(report.FilesWritten), "file"),
			round.Count(report.Rows, "row"), report.FilesKept, report.FilesRetired, dir)
	}
	for _, dataset := range slices.Sorted(maps.Keys(report.OtherMonths)) {
		fmt.Fprintf(a.stdout, "%s: %s of months too far off for a folder of their own in %s\n", dataset,
			round.Count(report.OtherMonths[dataset], "row"), reader.OtherMonthsFolder)
	}
}
