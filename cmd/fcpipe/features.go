package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/features"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema"
	"fcpipe/schema/durable"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/replay"
	"fcpipe/schema/tombstone"
	"fcpipe/sync/collect"
)

func (a *app) featuresCommand() *cobra.Command {
	var holder, asOf, format, file string
	var record bool
	c := &cobra.Command{
		Use: "features", Short: "attributes as they were known at an instant: CSV, JSON or Parquet", Args: noArguments,
		Long: `Computes the attributes of one holder, or of all, with what had been observed by an instant: rows,
balances, links, and the lines of your own files that were in force. What came later is left out before
anything is computed, so it has no effect. The same history of the file and the same definitions give the
same bytes: each row names the instant, the newest merge by then (watermark), what was today (as_of_date),
the version of the definitions and of the taxonomy, and hashes of your rules, overrides
and loan requests.

--as-of is an instant, or a date: its end in the report zone. Without it, it is the file's watermark. Later
instants are refused, as are those past a retention, and a holder some of whose data was erased since.
is_rescored is true where other definitions, rules or loan requests made what underwriting.attribute_history
has of that day, empty where nothing was recorded.
Before anything of the holder, or of any holder, was observed, the first observation is used without the rows
that are dated later, and is_backfilled is true: good for a first look, not for what could have been known.

The result is personal data: -o makes a new file that only its owner reads, and never replaces one.
Nothing is changed and no request is sent; with --record the file gets what its attributes say today in
underwriting.attribute_history, which rounds that publish record once a day, and nothing is printed of them.`,
		Example: "  fcpipe features --holder cus_123 --as-of 2026-06-30\n" +
			"  fcpipe features --as-of 2026-06-30T17:00:00Z --format parquet -o features.parquet",
		RunE: func(c *cobra.Command, _ []string) error {
			if a.json {
				format = "json"
			}
			if record {
				return a.recordFeatures(c)
			}
			return a.features(c.Context(), holder, asOf, format, file)
		},
	}
	c.Flags().StringVar(&holder, "holder", "", "one holder: cus_…, acct_… or customer_account:acct_…; all without it")
	asOfFlag(c, &asOf)
	c.Flags().StringVarP(&file, "output", "o", "", "a new file to write to; standard output without it")
	c.Flags().StringVar(&format, "format", "csv", "csv, json or parquet (only with -o)")
	c.Flags().BoolVar(&record, "record", false, "record what attributes say today in underwriting.attribute_history")
	return a.jsonFlag(c)
}

// asOfFlag adds --as-of to a command.
func asOfFlag(c *cobra.Command, asOf *string) {
	c.Flags().StringVar(asOf, "as-of", "", "an instant (2026-06-30T17:00:00Z) or a date, its end in the report zone")
}

func (a *app) features(ctx context.Context, holder, asOf, format, file string) (err error) {
	parquet := ""
	switch {
	case format != "csv" && format != "json" && format != "parquet":
		return usageError{fmt.Errorf("--format %q is not csv, json or parquet", format)}
	case format == "parquet" && file == "":
		return usageError{errors.New("a Parquet file cannot be printed: -o names the file to write")}
	case format == "parquet":
		parquet = file
	}
	if err := checkNewFile(file); err != nil {
		return err
	}
	q, err := a.pastQuestion(holder, asOf)
	if err != nil {
		return err
	}
	known, err := features.Of(ctx, q, parquet)
	if err != nil {
		return a.hintPast(err)
	}
	defer func() { err = errors.Join(err, known.Close()) }()
	if parquet != "" {
		err = known.Parquet(ctx, parquet)
		if errors.Is(err, os.ErrExist) {
			return existsAlready(err)
		}
		return err
	}
	if file == "" {
		return writeFeatures(ctx, a.data, known, format)
	}
	return streamNewFile(file, func(out io.Writer) error { return writeFeatures(ctx, out, known, format) })
}

// streamNewFile is writeNewFile for what may be more than memory holds.
func streamNewFile(path string, write func(io.Writer) error) (err error) {
	if err := writeNewFile(path, nil); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err = errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return durable.SyncName(path)
}

// recordFeatures publishes the file with what its attributes say today in the history.
func (a *app) recordFeatures(c *cobra.Command) error {
	for _, other := range []string{"holder", "as-of", "output", "format", "json"} {
		if c.Flags().Changed(other) {
			return usageError{fmt.Errorf("--record records the file as it is, and takes no --%s", other)}
		}
	}
	cfg, opened, now, err := a.openStore(c.Context())
	if err != nil {
		return hintGone(err)
	}
	lake, err := a.exportOptions(cfg, now)
	if err != nil {
		return err
	}
	recorded, err := round.Round{
		Store: opened, Now: now, Clock: a.now, Export: lake, ReportZone: cfg.Analytics.Timezone,
		ProgramVersion: version, Log: a.log, ExitCode: exitCode,
	}.RecordHistory(c.Context())
	switch {
	case errors.Is(err, schema.ErrNoDatabase):
		return hintNoDatabase(cfg, err)
	case err != nil:
		return hintChange(cfg, err)
	case recorded:
		fmt.Fprintln(a.stdout, "recorded in underwriting.attribute_history")
	default:
		fmt.Fprintln(a.stdout, "nothing to record: the day is in underwriting.attribute_history")
	}
	return nil
}

func writeFeatures(ctx context.Context, out io.Writer, known *features.Features, format string) error {
	columns, err := known.Columns(ctx)
	if err != nil {
		return err
	}
	write := writeCSV
	if format == "json" {
		write = writeJSON
	}
	return write(out, columns, known.Rows(ctx, len(columns)))
}

// pastQuestion is a question about the published file as of an instant or date, of one holder or of all.
func (a *app) pastQuestion(holder, asOf string) (q replay.Question, err error) {
	if err := checkHolder(holder); err != nil {
		return q, err
	}
	if asOf != "" {
		if q.At, q.Day, err = parseAsOf(asOf); err != nil {
			return q, err
		}
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return q, err
	}
	q.Layout, q.Settings = cfg.Layout(), duckSettings(cfg)
	if holder == "" {
		return q, nil
	}
	named, err := collect.ParseHolder(holder)
	if err != nil {
		return q, err
	}
	log, err := journal.Open(cfg.Layout().Journal())
	if err != nil {
		return q, err
	}
	erased, err := tombstone.Open(cfg.Layout(), log)
	if err != nil {
		return q, err
	}
	q.Holder, q.HolderHash = named.ID, erased.Hash(named.ID)
	return q, nil
}

// parseAsOf reads an instant, or a date.
func parseAsOf(text string) (at *time.Time, day string, err error) {
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return nil, text, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05Z07"} {
		if instant, err := time.Parse(layout, text); err == nil {
			return &instant, "", nil
		}
	}
	return nil, "", usageError{fmt.Errorf("--as-of %q is no instant and no date: write 2026-06-30T17:00:00Z, with its "+
		"zone, or 2026-06-30", text)}
}

// hintPast says what to do about a past that cannot be computed.
func (a *app) hintPast(err error) error {
	switch {
	case errors.Is(err, schema.ErrNoDatabase):
		cfg, failed := a.loadConfig()
		if failed != nil {
			return failed
		}
		return hintNoDatabase(cfg, err)
	case errors.Is(err, replay.ErrErased):
		return hint(usageError{err}, "ask as of an instant after it, or for the other holders")
	case errors.Is(err, replay.ErrUnknown):
		return hint(usageError{err}, `"fcpipe query 'from ledger.accounts'" lists holders; `+
			`"fcpipe erase --dry-run --holder" and its id says whether it was erased`)
	case errors.Is(err, reader.ErrNotHeld):
		return hint(err, `"fcpipe query 'from meta.store'" has the watermark, and what retention removed`)
	case errors.Is(err, replay.ErrOlderFile):
		return hint(err, `the next "fcpipe run" upgrades it, or "fcpipe repair --models", which sends no request`)
	}
	return err
}
