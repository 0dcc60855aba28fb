package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// bench is one run of this program.
type bench struct {
	options
	self     string // this program, which is its own baselines and server
	work     string // removed at the end
	progress io.Writer
	base     *installation // synced once, for the cases that need one
	core     *installation // the same world, synced by the program that has the core tables alone
	small    *installation // what first-small left
	servers  []*server
	rows     []row
}

// benchCase is one thing that is measured, with its baselines.
type benchCase struct {
	name, about string
	large       bool // belongs to the cases of ten million rows
	run         func(*bench, context.Context) error
}

// cases, in the order in which they run: the daily round changes the base, so it comes after all that only read it.
var cases = []benchCase{
	{"first", "first sync of the base, 1,000 rows an account", false, (*bench).firstMany},
	{"first-core", "the same with the core tables alone, from which it has grown", false, (*bench).firstCore},
	{"first-512MiB", "the same with data.memory_limit 512MiB", false, (*bench).firstInLittleMemory},
	{"first-one", "first sync of one account with three tenths of the rows", false, (*bench).firstOne},
	{"first-small", "first sync of accounts with 20 rows, a fiftieth as many as rows", false, (*bench).firstSmall},
	{"unchanged", "round without changes, of the base", true, (*bench).unchanged},
	{"unchanged-many", "the same with ten times the accounts, 20 rows each", false, (*bench).unchangedMany},
	{"export", "fcpipe export where the lake is up to date", true, (*bench).export},
	{"status", "fcpipe status", true, (*bench).status},
	{"plan", "fcpipe plan", true, (*bench).plan},
	{"query", "fcpipe query for one row", true, (*bench).query},
	{"report", "fcpipe report of one holder", true, (*bench).report},
	{"portfolio", "fcpipe report over all holders", true, (*bench).portfolio},
	{"version", "fcpipe version: how long it takes to start", true, (*bench).version},
	{"daily", "daily round: one percent new or changed, in every account", true, (*bench).daily},
}

func newBench(ctx context.Context, o options, progress io.Writer) (*bench, error) {
	if o.rows < 1 || o.runs < 1 {
		return nil, fmt.Errorf("-rows %d, -runs %d: at least 1 of each", o.rows, o.runs)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for _, program := range []*string{&o.program, &o.core} {
		if *program, err = filepath.Abs(*program); err != nil {
			return nil, err
		}
	}
	work, err := os.MkdirTemp(o.dir, "fcpipe-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, self: self, work: work, progress: progress}
	for _, program := range []string{o.program, o.core} {
		if _, _, err := b.start(ctx, program, "version"); err != nil {
			b.close()
			return nil, err
		}
	}
	return b, nil
}

// close stops the servers and removes what the bench made.
func (b *bench) close() {
	for _, s := range b.servers {
		s.stop()
	}
	if err := os.RemoveAll(b.work); err != nil {
		fmt.Fprintln(b.progress, "bench:", err)
	}
}

func (b *bench) say(format string, arguments ...any) {
	fmt.Fprintf(b.progress, format+"\n", arguments...)
}

// run runs the cases that are chosen.
func (b *bench) run(ctx context.Context) (table, error) {
	chosen, err := b.chosen()
	if err != nil {
		return table{}, err
	}
	for _, c := range chosen {
		if err := c.run(b, ctx); err != nil {
			return table{}, fmt.Errorf("%s: %w", c.name, err)
		}
	}
	texts, err := b.distinctTexts(ctx)
	if err != nil {
		return table{}, err
	}
	machine, err := b.machine(ctx)
	return table{
		Machine: machine, Rows: b.options.rows, Runs: b.runs, Memory: b.memory, Threads: b.threads, Texts: texts,
		Cases: b.rows, Goals: goalsOf(b),
	}, err
}

// repeated measures something so many times and adds a row of the table.
func (b *bench) repeated(of row, times int, measure func(run int) (sample, error)) (*row, error) {
	for run := range times {
		s, err := measure(run)
		if err != nil {
			return nil, err
		}
		b.say("%s %s: %.3f s, %.0f MiB", of.Case, of.What, s.total, float64(s.peak)/(1<<20))
		of.samples = append(of.samples, s)
	}
	return b.add(of), nil
}

// add ends a row. The pointer is good until the next one.
func (b *bench) add(of row) *row {
	of.summarize()
	b.rows = append(b.rows, of)
	return &b.rows[len(b.rows)-1]
}
