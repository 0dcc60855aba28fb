package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// runner runs the checks of mutants. Its methods may be called at the same time.
type runner struct {
	module   *module
	work     string        // a directory for programs and what they leave
	limit    time.Duration // of one command
	now      func() time.Time
	mutex    sync.Mutex
	programs map[string]func() (string, error) // without a mutant, by what is built
	baseline map[string]func() error           // what a command says without a mutant

	harnessOnce sync.Once
	harnessErr  error
}

type outcome string

const (
	killed   outcome = "killed"
	survived outcome = "SURVIVED"
	timedOut outcome = "TIMED OUT" // no test failed before the limit: nothing is known
	failed   outcome = "ERROR"     // the mutant could not be tried
)

// result is what became of a mutant.
type result struct {
	outcome  outcome
	killedBy string
	took     time.Duration
	err      error // of failed
}

func (r result) print(out io.Writer, m mutant) {
	detail := m.check.String()
	switch {
	case r.err != nil:
		detail = beginning(r.err.Error())
	case r.outcome == killed:
		detail = r.killedBy
	}
	fmt.Fprintf(out, "%-34s %4.0fs  %-58s %s %s\n", m.name, r.took.Seconds(), m.promise, r.outcome, detail)
}

// beginning cuts off most of a long output.
func beginning(text string) string {
	const enough = 2000
	if len(text) <= enough {
		return text
	}
	return strings.ToValidUTF8(text[:enough], "") + "…"
}

// run tries a mutant: its checks must pass without it and fail with it.
func (r *runner) run(ctx context.Context, m mutant) result {
	begun := r.now()
	tried, err := r.try(ctx, m)
	if err != nil {
		tried = result{outcome: failed, err: err}
	}
	tried.took = r.now().Sub(begun)
	return tried
}

func (r *runner) try(ctx context.Context, m mutant) (tried result, err error) {
	commands, err := r.commands(m.check)
	if err != nil {
		return tried, err
	}
	for _, c := range commands {
		if err := r.checkBaseline(ctx, c); err != nil {
			return tried, fmt.Errorf("without the mutant: %w", err)
		}
	}
	dir, err := os.MkdirTemp(r.work, "mutant-")
	if err != nil {
		return tried, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	overlay, err := r.module.overlay(m.edits, dir)
	if err != nil {
		return tried, err
	}
	for _, c := range commands {
		program := filepath.Join(dir, "program")
		if err := r.build(ctx, c, program, "-overlay", overlay); err != nil {
			return tried, fmt.Errorf("it does not compile: %w", err)
		}
		if tried, err = r.execute(ctx, c, program, dir); err != nil || tried.outcome != survived {
			return tried, err
		}
	}
	return tried, nil
}

// checkBaseline returns an error unless the command passes without a mutant. It runs once.
func (r *runner) checkBaseline(ctx context.Context, c command) error {
	r.mutex.Lock()
	check, known := r.baseline[c.String()]
	if !known {
		check = sync.OnceValue(func() error { return r.runBaseline(ctx, c) })
		r.baseline[c.String()] = check
	}
	r.mutex.Unlock()
	return check()
}

func (r *runner) runBaseline(ctx context.Context, c command) (err error) {
	program, err := r.original(ctx, c)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(r.work, "baseline-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	result, err := r.execute(ctx, c, program, dir)
	if err == nil && result.outcome != survived {
		err = fmt.Errorf("%s: %s %s", c, result.outcome, result.killedBy)
	}
	return err
}

// original builds what a command runs, without a mutant, once.
func (r *runner) original(ctx context.Context, c command) (string, error) {
	r.mutex.Lock()
	build, known := r.programs[c.target()]
	if !known {
		program := filepath.Join(r.work, fmt.Sprintf("original-%d", len(r.programs)))
		build = sync.OnceValues(func() (string, error) { return program, r.build(ctx, c, program) })
		r.programs[c.target()] = build
	}
	r.mutex.Unlock()
	return build()
}

var (
	failedTest = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	findings   = regexp.MustCompile(`crash: (\d+ findings)`)
)

// judge reads the output of a command. One that ended badly without a test that failed is an error.
func (c command) judge(output string, passed bool) (result, error) {
	switch {
	case passed:
		if missing := c.missing(output); len(missing) > 0 {
			return result{}, fmt.Errorf("%s did not run %s", c, strings.Join(missing, ", "))
		}
		return result{outcome: survived}, nil
	case strings.Contains(output, "panic: test timed out"):
		return result{outcome: timedOut}, nil
	}
	if found := findings.FindStringSubmatch(output); len(c.crash) > 0 && found != nil {
		return result{outcome: killed, killedBy: "crash, " + found[1]}, nil
	}
	if names := failedTest.FindAllStringSubmatch(output, -1); len(c.crash) == 0 && names != nil {
		return result{outcome: killed, killedBy: names[len(names)-1][1]}, nil
	}
	return result{}, fmt.Errorf("%s ended without a result:\n%s", c, output)
}

// missing lists the tests of the command that its output does not show as run.
func (c command) missing(output string) []string {
	return slices.DeleteFunc(slices.Clone(c.tests), func(test string) bool {
		return strings.Contains(output, "=== RUN   "+test+"\n")
	})
}
