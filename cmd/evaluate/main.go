package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"fcpipe/sync/simulator"
)

// options say what is measured.
type options struct {
	styles                string
	seeds                 []uint64
	holders               int
	stateHolders          int
	stateSeeds            []uint64
	stateRounds           []time.Duration // each so long after the one before
	commit, stylesCommit  string
	page, json, directory string
	before                string
	wrong, threads        int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// run measures and prints the table, and writes the page and the JSON that were asked for.
func run(ctx context.Context, arguments []string, stdout, progress io.Writer) error {
	o, err := parse(arguments, progress)
	if err != nil {
		return err
	}
	t := newTable(o)
	for _, seed := range o.seeds {
		fmt.Fprintf(progress, "world %d: ", seed)
		found, err := o.measure(ctx, seed)
		if err != nil {
			return fmt.Errorf("world %d: %w", seed, err)
		}
		fmt.Fprintf(progress, "%d rows of %d accounts\n", found.rows, found.accounts)
		t.add(found)
		found.wrongs.print(stdout)
	}
	if t.States, err = o.measureAllStates(ctx, stdout, progress); err != nil {
		return err
	}
	t.print(stdout)
	if err := o.compareTables(t, stdout); err != nil {
		return err
	}
	if o.page != "" {
		if err := t.writePage(o.page); err != nil {
			return err
		}
	}
	if o.json == "" {
		return nil
	}
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(text, '\n'), 0o600)
}

// compareTables tells what changed since an earlier table.
func (o options) compareTables(t *table, out io.Writer) error {
	if o.before == "" {
		return nil
	}
	text, err := os.ReadFile(o.before)
	if err != nil {
		return err
	}
	var before table
	if err := json.Unmarshal(text, &before); err != nil {
		return fmt.Errorf("-before %s is no table that -json wrote: %w", o.before, err)
	}
	t.changes(&before, out)
	return nil
}

func parse(arguments []string, progress io.Writer) (o options, err error) {
	o.stateRounds = history()
	flags := flag.NewFlagSet("evaluate", flag.ContinueOnError)
	flags.SetOutput(progress)
	seeds := flags.String("seeds", "101,102,103,104,105", "a world each, comma-separated")
	flags.StringVar(&o.styles, "styles", "evaluation", "set of styles: evaluation, or default while rules are written")
	flags.IntVar(&o.holders, "holders", 100, "households of a world, with three accounts each")
	stateSeeds := flags.String("state-seeds", "201,202", "two worlds each in which states are measured")
	flags.IntVar(&o.stateHolders, "state-holders", 36, "households of a world in which states are measured; 0 for none")
	flags.StringVar(&o.commit, "commit", "unknown", "commit of the program, for the table")
	flags.StringVar(&o.stylesCommit, "styles-commit", "unknown", "last commit of the styles, for the table")
	flags.StringVar(&o.page, "page", "", "file that gets the table as a page")
	flags.StringVar(&o.json, "json", "", "file that gets the table as JSON")
	flags.StringVar(&o.before, "before", "", "JSON of an earlier table: what changed is printed")
	flags.IntVar(&o.wrong, "wrong", 0, "so many examples of each error, a world; with -styles default alone")
	flags.StringVar(&o.directory, "dir", "", "where stores are made and removed; the system's by default")
	flags.IntVar(&o.threads, "threads", 2, "DuckDB's")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	if o.seeds, err = numbers("-seeds", *seeds); err != nil {
		return o, err
	}
	if o.stateSeeds, err = numbers("-state-seeds", *stateSeeds); err != nil {
		return o, err
	}
	if o.holders < 1 {
		return o, fmt.Errorf("-holders %d: at least one is wanted", o.holders)
	}
	if err := o.world(1).Validate(); err != nil || o.styles == "" {
		return o, fmt.Errorf("-styles %q: default or evaluation is wanted", o.styles)
	}
	if o.wrong > 0 && o.styles != "default" {
		return o, errors.New("-wrong: rules must not be written by the styles that are kept for evaluation; " +
			"add -styles default")
	}
	return o, nil
}

// world is an ordinary world of consumers, all of whose rows the first sync shows.
func (o options) world(seed uint64) simulator.Config {
	return simulator.Config{
		Seed: seed, Holders: o.holders, Accounts: 3 * o.holders, Styles: o.styles, Linked: true, Calm: true,
	}
}

// numbers reads a list of them.
func numbers(flag, text string) (list []uint64, err error) {
	if text == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		number, err := strconv.ParseUint(part, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s %q: numbers, comma-separated, are wanted", flag, text)
		}
		list = append(list, number)
	}
	return list, nil
}
