// Command mutants tests the tests: it breaks fcpipe on purpose, one promise or rule at a time, and wants a test to
// fail. A mutant that survives is a hole in the tests. README.md beside it lists what each mutant guards.
//
// A mutant is a file of mutants/. It says what it breaks and which tests (or trials of cmd/crash) must fail, and
// replaces a snippet of one function ("func Name" or "func Type.Name"), of one constant, variable or type
// ("decl Name"), or of one SQL statement or file ("sql name" or "sql name.sql"). The file and the package are found
// by that name, and so are the packages of the tests. Where a name is declared several times, the snippet must be in
// one of the declarations only. It must be there exactly once.
//
// Go is compared token by token. Comments and white space do not count, nor does the case of an identifier's first
// letter, nor a qualifier that names a package of this module: "syncDirectory(d)" is found as
// "durable.SyncDirectory(d)" too. The identifiers of the replacement that are in the snippet are then written as the
// source writes them, so a mutant survives when code moves to another package. Other names in a replacement are used
// as they are; replacements use few.
// SQL is compared token by token as well, and exactly.
//
// The changed copies are handed to the compiler as an overlay: no file of the tree is touched.
//
// It imports no package of fcpipe.
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
