package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	only := flag.String("only", "", "regular expression: only mutants with such a name")
	limit := flag.Duration("limit", 3*time.Minute,
		"time for the tests of one mutant; one that exceeds it is reported as timed out, not as killed")
	workers := flag.Int("workers", runtime.NumCPU(), "mutants at the same time")
	flag.Parse()
	if err := run(ctx, os.Stdout, *only, *limit, *workers); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		stop()
		os.Exit(1)
	}
}

// run tries the mutants of the module in the working directory whose names match only. Each must be killed.
func run(ctx context.Context, out io.Writer, only string, limit time.Duration, workers int) (err error) {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	all, err := readMutants()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m mutant) bool { return !wanted.MatchString(m.name) })
	if len(all) == 0 {
		return fmt.Errorf("no mutant has a name like %q", only)
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	module, err := readModule(root)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	r := &runner{
		module: module, work: work, limit: limit, now: time.Now,
		programs: map[string]func() (string, error){}, baseline: map[string]func() error{},
	}
	return r.runAll(ctx, out, all, max(workers, 1))
}

// runAll prints each result as it comes and fails unless every mutant was killed.
func (r *runner) runAll(ctx context.Context, out io.Writer, all []mutant, workers int) error {
	begun, counts := r.now(), map[outcome]int{}
	queue := make(chan mutant)
	var group sync.WaitGroup
	var printing sync.Mutex
	for range workers {
		group.Go(func() {
			for m := range queue {
				tried := r.run(ctx, m)
				printing.Lock()
				tried.print(out, m)
				counts[tried.outcome]++
				printing.Unlock()
			}
		})
	}
	for _, m := range all {
		if ctx.Err() == nil {
			queue <- m
		}
	}
	close(queue)
	group.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fmt.Fprintf(out, "%d mutants in %s: %d killed, %d survived, %d timed out, %d errors\n", len(all),
		r.now().Sub(begun).Round(time.Second), counts[killed], counts[survived], counts[timedOut], counts[failed])
	if counts[killed] < len(all) {
		return fmt.Errorf("%d of %d not killed; one again: -only NAME", len(all)-counts[killed], len(all))
	}
	return nil
}
