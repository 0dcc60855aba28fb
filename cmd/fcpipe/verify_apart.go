package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// childExit is how a process ended that has told everything itself.
type childExit int

func (c childExit) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// readingFD is where a child writes the names of the files it looks at.
const readingFD = 3

// verifyApart has another process of this program do the work. DuckDB notices every flipped
// bit by its checksums, but a file whose checksums were made to fit can bring it, and with
// it the whole process, down: that must be reported, not suffered.
func (a *app) verifyApart(ctx context.Context, deep bool) error {
	self, err := os.Executable()
	if err != nil {
		return a.verify(ctx, deep)
	}
	names, childNames, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = names.Close() }()
	child := exec.CommandContext(ctx, self, a.verifyArguments(deep)...) //nolint:gosec // this program, with its own arguments
	child.Args[0] = "fcpipe"
	var stdout, stderr bytes.Buffer
	child.Stdout, child.Stderr, child.ExtraFiles = &stdout, &stderr, []*os.File{childNames}
	child.Cancel = func() error { return child.Process.Signal(syscall.SIGTERM) }
	child.WaitDelay = 10 * time.Second
	err = errors.Join(child.Start(), childNames.Close())
	if err != nil {
		return err
	}
	read, _ := io.ReadAll(names)
	err = child.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	if exit != nil && crashed(exit) {
		return a.printVerified(verifyReport{Deep: deep, Notes: []finding{}, Findings: []finding{
			{lastLine(string(read)), "DuckDB crashed while reading it: it is damaged, and was made to look as if it were not"},
		}})
	}
	_, _ = a.stdout.Write(stdout.Bytes())
	_, _ = a.stderr.Write(stderr.Bytes())
	if exit != nil {
		return childExit(exit.ExitCode())
	}
	return nil
}

func (a *app) verifyArguments(deep bool) []string {
	arguments := []string{"verify", "--inside", fmt.Sprintf("--deep=%v", deep), fmt.Sprintf("--json=%v", a.json)}
	if a.configPath != "" {
		arguments = append(arguments, "--config", a.configPath)
	}
	return arguments
}

// crashed tells a process that was brought down from one that ended: by a signal, or by Go's
// own answer to one, which is exit code 2.
func crashed(exit *exec.ExitError) bool {
	status, known := exit.Sys().(syscall.WaitStatus)
	return exit.ExitCode() == 2 || known && status.Signaled()
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
