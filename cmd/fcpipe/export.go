package main

import (
	"bufio"
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
	var full bool
	c := &cobra.Command{
		Use: "export", Short: "bring the Parquet lake up to date with the published file; sends no request",
		Args: noArguments,
		Long: `A round ends with an export. Run it alone if the lake was lost, or if an export failed on a full disk.

--full writes every file again. It is needed after privacy.lake, or the newest of privacy.token_keys, was changed:
until then no export mixes what was written so with what is to be written otherwise. Where the new policy hides more,
the files it replaces are removed at once; else they stay for export.grace.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.export(c.Context(), full) },
	}
	c.Flags().BoolVar(&full, "full", false, "write every file again, as privacy.lake and privacy.token_keys say")
	c.AddCommand(&cobra.Command{
		Use: "token", Short: "print the tokens of texts, a line each, that stdin has", Args: noArguments,
		Long: `Reads texts from stdin, a line each, and prints the token that the lake has in the place of each, a tab
and the text; under every key of privacy.token_keys, the newest first.`,
		Example: `  echo "ZELLE TO JANE DOE" | fcpipe export token`,
		RunE:    func(*cobra.Command, []string) error { return a.printTokens() },
	})
	return a.jsonFlag(c)
}

// printTokens prints the tokens of what stdin has.
func (a *app) printTokens() error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	privacy, err := a.lakePrivacy(cfg)
	if err != nil {
		return err
	}
	if len(privacy.Keys) == 0 {
		return configError{errors.New("privacy.token_keys is empty: there are no tokens")}
	}
	lines := bufio.NewScanner(a.stdin)
	lines.Buffer(nil, 4<<20) // banks send long texts
	for lines.Scan() {
		for _, token := range privacy.Tokens(lines.Text()) {
			fmt.Fprintf(a.stdout, "%s\t%s\n", token, lines.Text())
		}
	}
	return lines.Err()
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
		Layout: cfg.Layout(), Settings: duckSettings(cfg), Reading: exportSettings(cfg),
		FileMode: fs.FileMode(cfg.Data.FileMode), KeepGenerations: cfg.Data.KeepGenerations,
		ProgramVersion: version, Now: now, Hook: a.hooks.Reached,
	})
	return cfg, s, now, err
}

func (a *app) export(ctx context.Context, full bool) (err error) {
	cfg, store, now, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	options, err := a.exportOptions(cfg, now)
	if err != nil {
		return err
	}
	options.Full = full
	release, err := store.Lock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	// opened under the lock: nobody publishes a newer file meanwhile
	reader, err := openReader(ctx, cfg, exportSettings)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	report, err := export.Run(ctx, reader, options)
	if err != nil {
		return err
	}
	round.WarnOfLake(a.log, report)
	if full {
		work := round.Round{Store: store, Now: now, Clock: now, ProgramVersion: version, ExitCode: exitCode}
		if err := work.RecordFullExport(report.Privacy); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(map[string]any{
			"unchanged": report.Unchanged, "export_id": report.ExportID, "files_written": report.FilesWritten,
			"files_kept": report.FilesKept, "files_retired": report.FilesRetired, "rows": report.Rows,
			"bytes":              report.Bytes,
			"no_current_because": report.View, "rebuilt_because": report.Rebuilt,
			"rows_of_other_months": report.OtherMonths,
			"privacy":              report.Privacy, "newer_token_key": report.NewerKey,
			"files_superseded": report.Superseded,
		})
	}
	a.printExport(report, options.Dir, full)
	return nil
}

// printExport says what an export did, for people.
func (a *app) printExport(report export.Report, dir string, full bool) {
	if report.Unchanged {
		fmt.Fprintf(a.stdout, "nothing new: %s in %s\n", round.Count(int64(report.FilesKept), "file"), dir)
	} else {
		fmt.Fprintf(a.stdout, "wrote %s with %s, kept %d, removed %d in %s\n",
			round.Count(int64(report.FilesWritten), "file"),
			round.Count(report.Rows, "row"), report.FilesKept, report.FilesRetired, dir)
	}
	if full {
		fmt.Fprintf(a.stdout, "the lake shows %s\n", report.Privacy)
	}
	if full && report.Superseded > 0 {
		fmt.Fprintf(a.stdout, "%s of before stay until %s for readers of an older manifest\n",
			round.Count(int64(report.Superseded), "file"), report.KeptUntil.UTC().Format("2006-01-02 15:04 MST"))
	}
	for _, dataset := range slices.Sorted(maps.Keys(report.OtherMonths)) {
		fmt.Fprintf(a.stdout, "%s: %s of months too far off for a folder of their own in %s\n", dataset,
			round.Count(report.OtherMonths[dataset], "row"), reader.OtherMonthsFolder)
	}
}
