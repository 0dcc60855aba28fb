package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	crashPackage   = "./cmd/crash"
	programPackage = "./cmd/fcpipe"
	testsOf        = "tests of "
)

// target is what is built with the mutant in it.
func (k command) target() string {
	if len(k.crash) > 0 {
		return programPackage
	}
	return testsOf + k.pkg
}

// build compiles a program, or the tests of a package, into a file.
func (c *court) build(ctx context.Context, target, program string, flags ...string) error {
	arguments := []string{"build"}
	if pkg, isTest := strings.CutPrefix(target, testsOf); isTest {
		arguments, target = []string{"test", "-c", "-vet=off"}, pkg
	}
	arguments = append(append(arguments, flags...), "-o", program, target)
	build := exec.CommandContext(ctx, "go", arguments...)
	build.Dir = c.root
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}

// try runs a command on a program and returns what it said and whether it passed. scratch is
// a directory for what it leaves behind.
func (c *court) try(ctx context.Context, k command, program, scratch string) (said string, passed bool, err error) {
	arguments, dir := []string{"-test.v", "-test.failfast", "-test.timeout", c.limit.String(), "-test.run", k.tests}, filepath.Join(c.root, k.pkg)
	if len(k.crash) > 0 {
		arguments, dir = append([]string{"-program", program}, k.crash...), c.root
		if program, err = c.sound(ctx, crashPackage); err != nil {
			return "", false, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.limit+time.Minute) // tests end themselves before
	defer cancel()
	process := exec.CommandContext(ctx, program, arguments...)
	process.Dir, process.Env = dir, append(process.Environ(), "TMPDIR="+scratch)
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGKILL) }
	var output bytes.Buffer
	process.Stdout, process.Stderr = &output, &output
	err = process.Run()
	if ctx.Err() != nil {
		return "", false, fmt.Errorf("%s: %w", k, ctx.Err())
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil
	}
	return output.String(), exit == nil, err
}
