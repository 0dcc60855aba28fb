package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
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
	if exit != nil && fell(exit) {
		return a.tellFall(exit, lastLine(string(read)), stderr.String(), deep)
	}
	_, _ = a.stdout.Write(stdout.Bytes())
	_, _ = a.stderr.Write(stderr.Bytes())
	if exit != nil {
		return childExit(exit.ExitCode())
	}
	return nil
}

// tellFall reports a file that brought DuckDB down as damaged. A process that somebody killed, or
// a defect of ours, is no evidence against the file it was reading.
func (a *app) tellFall(exit *exec.ExitError, file, said string, deep bool) error {
	if isEvidence(exit, said) {
		return a.printVerified(verifyReport{Deep: deep, Notes: []finding{}, Findings: []finding{
			{file, "DuckDB crashed while reading it: it is damaged, and was made to look as if it were not"},
		}})
	}
	_, _ = io.WriteString(a.stderr, said)
	err := fmt.Errorf("verify was brought down while it read %s (%w); nothing is known about the data", file, exit)
	if exit.ExitCode() >= 0 {
		return hint(err, "this is a defect of fcpipe; please report what is printed above")
	}
	return hint(err, "somebody killed it, or the kernel did because memory ran out: run it again, with a smaller data.memory_limit if need be")
}

func (a *app) verifyArguments(deep bool) []string {
	arguments := []string{"verify", "--inside", fmt.Sprintf("--deep=%v", deep), fmt.Sprintf("--json=%v", a.json)}
	if a.configPath != "" {
		arguments = append(arguments, "--config", a.configPath)
	}
	return arguments
}

// fell tells a process that was brought down from one that ended: by a signal, or by Go's own
// answer to one or to a panic, which is exit code 2.
func fell(exit *exec.ExitError) bool {
	return exit.ExitCode() == 2 || signalOf(exit) != 0
}

func signalOf(exit *exec.ExitError) syscall.Signal {
	if status, known := exit.Sys().(syscall.WaitStatus); known && status.Signaled() {
		return status.Signal()
	}
	return 0
}

// isEvidence reports whether a process fell by what native code did with a file: by a signal that
// only a fault raises. Go tells such a one by its name at the beginning of a line, and a panic or a
// fatal error of its own as such.
func isEvidence(exit *exec.ExitError, said string) bool {
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "panic: ") {
			return false
		}
		if strings.HasPrefix(line, "SIG") || strings.HasPrefix(line, "fatal error: unexpected signal") {
			return true
		}
	}
	return slices.Contains([]syscall.Signal{syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGABRT, syscall.SIGILL, syscall.SIGFPE}, signalOf(exit))
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
