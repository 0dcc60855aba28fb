// Command mutants tests the tests: it breaks fcpipe on purpose, one promise at a time, and
// wants a test to notice. A mutant nobody notices is a hole in the tests.
//
// A mutant is a file of mutants/: which promise it breaks, which tests must fail, and the
// lines of a source file with what stands in their place. The copy with that change is handed
// to the compiler as an overlay, so no file of the tree is touched.
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
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	only := flag.String("only", "", "regular expression: only mutants with such a name")
	limit := flag.Duration("limit", 3*time.Minute, "time for the tests of one mutant; those that do not end by then noticed it")
	flag.Parse()
	if err := run(ctx, os.Stdout, *only, *limit); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		stop()
		os.Exit(1)
	}
}

// run lets the tests judge every mutant of the module in the working directory.
func run(ctx context.Context, out io.Writer, only string, limit time.Duration) (err error) {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	all, err := readMutants()
	if err != nil {
		return err
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	c := &court{root: root, work: work, limit: limit, now: time.Now, innocent: map[string]string{}, acquitted: map[string]error{}}
	begun, killed, tried := c.now(), 0, 0
	for _, m := range all {
		if !wanted.MatchString(m.name) {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		tried++
		v := c.judge(ctx, m)
		v.tell(out, m)
		if v.err == nil && v.killedBy != "" {
			killed++
		}
	}
	fmt.Fprintf(out, "%d/%d killed in %s\n", killed, tried, c.now().Sub(begun).Round(time.Second))
	switch {
	case tried == 0:
		return fmt.Errorf("no mutant has a name like %q", only)
	case killed < tried:
		return fmt.Errorf("%d of %d not killed; one again: -only NAME", tried-killed, tried)
	}
	return nil
}
