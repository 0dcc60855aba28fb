//go:build linux && amd64

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/term"

	"fcpipe/cmd/crash/failpoint"
	"fcpipe/cmd/crash/faults"
	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/tracer"
)

// options say how much is tried. Zero of a kind tries none of it, -1 all there is.
type options struct {
	program, shipped string
	few              bool
	dir, commit      string
	seed             uint64
	workers          int
	kills, compound  int
	failures, reads  int
	erasures         int
	cuts             int
	publishes, flips int
	only             string
	results, page    string
}

func main() {
	tracer.BecomeTraced()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) == 3 && os.Args[1] == faults.ReaderArgument {
		faults.ReadRepeatedly(ctx, os.Args[2], os.Stdout, time.Sleep)
		return
	}
	if err := flags().prove(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		stop()
		os.Exit(1)
	}
}

func flags() (o options) {
	flag.StringVar(&o.program, "program", "bin/fcpipe-crash", "the program to disturb, built with -tags failpoints")
	flag.StringVar(&o.shipped, "shipped", "", "the program that people get: it must know no switches of tests")
	flag.BoolVar(&o.few, "few", false, "leave out most derived tables, whose number is most of what a round costs")
	flag.StringVar(&o.dir, "dir", "", "working directory, removed at the end; by default in /dev/shm if there is one")
	flag.StringVar(&o.commit, "commit", "unknown", "the commit the page names for what is tried now")
	flag.Uint64Var(&o.seed, "seed", 7, "makes other worlds and other choices")
	flag.IntVar(&o.workers, "workers", runtime.NumCPU(), "trials at the same time")
	flag.IntVar(&o.kills, "kills", 0, "kills followed by one clean round each; -1 is every one there is")
	flag.IntVar(&o.compound, "compound", 0, "kills in chains of many")
	flag.IntVar(&o.erasures, "erasures", 0, "kills of an erasure; -1 is every one there is")
	flag.IntVar(&o.failures, "failures", 0, "calls that fail; -1 is every one there is")
	flag.IntVar(&o.reads, "reads", 0, "reads that fail; -1 is every one there is")
	flag.IntVar(&o.cuts, "cuts", 0, "states after a power cut; -1 is every one there is")
	flag.IntVar(&o.publishes, "publishes", 0, "rounds that publish under readers")
	flag.IntVar(&o.flips, "flips", 0, "bits that are flipped in a directory at rest")
	flag.StringVar(&o.only, "only", "", "only the trial of this name, or all whose names match this regular expression")
	flag.StringVar(&o.results, "results", "", "file that keeps figures between parts of a proof")
	flag.StringVar(&o.page, "page", "", "file for the page that people read")
	flag.Parse()
	return o
}

// prove prepares the scenarios, tries what is wanted, and fails when anything was found.
func (o options) prove(ctx context.Context) (err error) {
	if err := checkShipped(o.shipped); err != nil {
		return err
	}
	if err := o.leaveTables(); err != nil {
		return err
	}
	program, err := filepath.Abs(o.program)
	if err != nil {
		return err
	}
	dir, err := o.directory()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	p, err := o.newProof()
	if err != nil {
		return err
	}
	all, orderOnly, err := harness.Prepare(ctx, program, dir, o.seed, o.workers)
	if err != nil {
		return err
	}
	runner, err := o.newRunner(program, dir)
	if err != nil {
		return err
	}
	if err := o.try(ctx, runner, o.sections(all, orderOnly), p); err != nil {
		return err
	}
	if o.page != "" {
		if err := p.page(o.page); err != nil {
			return err
		}
	}
	if found := p.findings(); found > 0 {
		return fmt.Errorf("%d findings; one again: -seed %d -only 'NAME'", found, o.seed)
	}
	return nil
}

// fewTables are the derived tables of rounds that have few, beside those they read.
const fewTables = "ledger.accounts ledger.descriptions ledger.dated_transactions ledger.coverage"

// leaveTables leaves this process and those that it starts the derived tables that are wanted.
func (o options) leaveTables() error {
	tables := ""
	if o.few {
		tables = fewTables
	}
	if err := os.Setenv(failpoint.Tables, tables); err != nil {
		return err
	}
	failpoint.LeaveTables(os.Getenv)
	return nil
}

func (o options) directory() (string, error) {
	if o.dir != "" {
		return filepath.Abs(o.dir)
	}
	parent := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		parent = "/dev/shm" // an fsync that costs nothing makes thousands of rounds affordable
	}
	return os.MkdirTemp(parent, "crash-")
}

// newProof is what earlier parts of the same proof found, or nothing yet.
func (o options) newProof() (*proof, error) {
	machine := fmt.Sprintf("%d cores, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	p := &proof{Seed: o.seed, Date: time.Now().UTC().Format(time.DateOnly), Machine: machine}
	if o.results == "" {
		return p, nil
	}
	return p, p.load(o.results)
}

func (o options) newRunner(program, dir string) (*harness.Runner, error) {
	r := &harness.Runner{Seed: o.seed, Now: time.Now}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		r.Progress = os.Stderr
	}
	for n := range o.workers {
		w, err := harness.NewWorker(program, filepath.Join(dir, fmt.Sprintf("worker-%d", n)))
		if err != nil {
			return nil, err
		}
		r.Workers = append(r.Workers, w)
	}
	return r, nil
}
