package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// court judges mutants by the tests.
type court struct {
	root, work string
	limit      time.Duration
	now        func() time.Time
	innocent   map[string]string // programs without a fault, by what was built
	acquitted  map[string]error  // what the commands say of fcpipe without a fault
}

// verdict is what became of a mutant. Neither killedBy nor err: it survived.
type verdict struct {
	killedBy string
	took     time.Duration
	err      error // it could not be judged
}

func (v verdict) tell(out io.Writer, m mutant) {
	fate := v.killedBy
	switch {
	case v.err != nil:
		fate = "ERROR " + beginning(v.err.Error())
	case fate == "":
		fate = "SURVIVED " + m.kill.String()
	}
	fmt.Fprintf(out, "%-34s %4.0fs  %-62s %s\n", m.name, v.took.Seconds(), m.promise, fate)
}

// beginning leaves out most of what a test that hangs has to say.
func beginning(text string) string {
	const enough = 2000
	if len(text) <= enough {
		return text
	}
	return strings.ToValidUTF8(text[:enough], "") + "…"
}

// judge runs the command that must fail, after it has passed without the mutant.
func (c *court) judge(ctx context.Context, m mutant) (v verdict) {
	begun := c.now()
	defer func() { v.took = c.now().Sub(begun) }()
	if err := c.acquit(ctx, m.kill); err != nil {
		return verdict{err: fmt.Errorf("without the mutant: %w", err)}
	}
	dir, err := os.MkdirTemp(c.work, "mutant-")
	if err != nil {
		return verdict{err: err}
	}
	defer func() { v.err = errors.Join(v.err, os.RemoveAll(dir)) }()
	overlay, err := m.overlay(c.root, dir)
	if err != nil {
		return verdict{err: err}
	}
	program := filepath.Join(dir, "program")
	if err := c.build(ctx, m.kill.target(), program, "-overlay", overlay); err != nil {
		return verdict{err: fmt.Errorf("it does not compile: %w", err)}
	}
	said, passed, err := c.try(ctx, m.kill, program, dir)
	if err != nil || passed {
		return verdict{err: err}
	}
	return m.kill.blame(said)
}

// acquit wants a command to pass on fcpipe as it is; it is asked once.
func (c *court) acquit(ctx context.Context, k command) error {
	err, known := c.acquitted[k.String()]
	if !known {
		err = c.hear(ctx, k)
		c.acquitted[k.String()] = err
	}
	return err
}

func (c *court) hear(ctx context.Context, k command) error {
	program, err := c.sound(ctx, k.target())
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(c.work, "sound-")
	if err != nil {
		return err
	}
	said, passed, err := c.try(ctx, k, program, dir)
	switch {
	case err != nil:
	case !passed:
		err = fmt.Errorf("%s fails:\n%s", k, said)
	case len(k.crash) == 0 && !strings.Contains(said, "=== RUN"):
		err = fmt.Errorf("%s runs no test", k)
	}
	return errors.Join(err, os.RemoveAll(dir))
}

// sound builds a program without a fault; once.
func (c *court) sound(ctx context.Context, target string) (string, error) {
	if program, built := c.innocent[target]; built {
		return program, nil
	}
	program := filepath.Join(c.work, fmt.Sprintf("sound-%d", len(c.innocent)))
	if err := c.build(ctx, target, program); err != nil {
		return "", err
	}
	c.innocent[target] = program
	return program, nil
}

var (
	failedTest = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	findings   = regexp.MustCompile(`crash: (\d+ findings)`)
)

// blame names what noticed the mutant. A command that ended badly for another reason is an error.
func (k command) blame(said string) verdict {
	if strings.Contains(said, "panic: test timed out") {
		return verdict{killedBy: "a test that does not end"}
	}
	if found := findings.FindStringSubmatch(said); len(k.crash) > 0 && found != nil {
		return verdict{killedBy: "crash, " + found[1]}
	}
	if failed := failedTest.FindAllStringSubmatch(said, -1); len(k.crash) == 0 && failed != nil {
		return verdict{killedBy: failed[len(failed)-1][1]}
	}
	return verdict{err: fmt.Errorf("%s ended without a verdict:\n%s", k, said)}
}
