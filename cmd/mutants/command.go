package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	crashPackage   = "./cmd/crash"
	programPackage = "./cmd/fcpipe"
)

// command is the part of a check that one program runs: tests of one package, or trials of the crash harness.
type command struct {
	dir   string // of the package, below the module's root
	tests []string
	crash []string
}

func (c command) String() string {
	if len(c.crash) > 0 {
		return "crash " + strings.Join(c.crash, " ")
	}
	return "go test ./" + c.dir + " -run '" + c.pattern() + "'"
}

// pattern is what -test.run takes.
func (c command) pattern() string {
	anchored := make([]string, len(c.tests))
	for i, test := range c.tests {
		anchored[i] = "^" + strings.ReplaceAll(regexp.QuoteMeta(test), "/", "$/^") + "$"
	}
	return strings.Join(anchored, "|")
}

// target names what is built with the mutant in it.
func (c command) target() string {
	if len(c.crash) > 0 {
		return programPackage
	}
	return "tests of " + c.dir
}

func (r *runner) commands(of check) ([]command, error) {
	if len(of.crash) > 0 {
		return []command{{crash: of.crash}}, nil
	}
	found, err := r.module.packagesOf(of.tests)
	if err != nil {
		return nil, err
	}
	var all []command
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		all = append(all, command{dir: dir, tests: found[dir]})
	}
	return all, nil
}

// build compiles the program or the tests into a file, without symbols: linking is most of a mutant's time.
func (r *runner) build(ctx context.Context, c command, program string, flags ...string) error {
	arguments, target := []string{"build", "-tags", "failpoints"}, programPackage // the harness ends it at named points
	if len(c.crash) == 0 {
		arguments, target = []string{"test", "-c", "-vet=off"}, "./"+c.dir
	}
	return r.compile(ctx, append(append(arguments, flags...), "-ldflags=-s -w", "-o", program, target)...)
}

func (r *runner) compile(ctx context.Context, arguments ...string) error {
	build := exec.CommandContext(ctx, "go", arguments...)
	build.Dir = r.module.root
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, output)
	}
	return nil
}

// execute runs a command on a program that was built for it. scratch takes what it leaves.
func (r *runner) execute(ctx context.Context, c command, program, scratch string) (result, error) {
	arguments := []string{"-test.v", "-test.failfast", "-test.timeout", r.limit.String(), "-test.run", c.pattern()}
	dir := filepath.Join(r.module.root, c.dir)
	if len(c.crash) > 0 {
		arguments = append([]string{"-program", program, "-few"}, c.crash...)
		var err error
		if program, err = r.harness(ctx); err != nil {
			return result{}, err
		}
	}
	limited, cancel := context.WithTimeout(ctx, r.limit+10*time.Second) // tests end themselves before
	defer cancel()
	process := exec.CommandContext(limited, program, arguments...)
	process.Dir, process.Env = dir, append(process.Environ(), "TMPDIR="+scratch)
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGKILL) }
	var output bytes.Buffer
	process.Stdout, process.Stderr = &output, &output
	err := process.Run()
	if ctx.Err() != nil {
		return result{}, ctx.Err()
	}
	if limited.Err() != nil {
		return result{outcome: timedOut}, nil
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return result{}, err
	}
	return c.judge(output.String(), err == nil)
}

// harness builds cmd/crash once. It never holds a mutant.
func (r *runner) harness(ctx context.Context) (string, error) {
	r.harnessOnce.Do(func() {
		r.harnessErr = r.compile(ctx, "build", "-o", filepath.Join(r.work, "crash"), crashPackage)
	})
	return filepath.Join(r.work, "crash"), r.harnessErr
}
