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

// childExit is the exit code of a child process that has already printed why.
type childExit int

func (c childExit) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// goCrash is the exit code of Go for a panic, and for a fatal signal in native code.
const goCrash = 2

// verifyInChild runs "verify --in-process" as a child process. DuckDB's checksums show every flipped bit, but a
// file whose checksums were forged to fit can crash DuckDB and with it the process: the parent then names the file
// that was being read. It draws no conclusion about the data: a kill and a defect of ours look the same.
func (a *app) verifyInChild(ctx context.Context, deep bool) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	read, written, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = read.Close() }()
	//nolint:gosec // this program, with its own arguments
	child := exec.CommandContext(ctx, self, a.verifyArguments(deep)...)
	var stdout, stderr bytes.Buffer
	child.Args[0], child.Stdout, child.Stderr, child.ExtraFiles = "fcpipe", &stdout, &stderr, []*os.File{written}
	child.Cancel = func() error { return child.Process.Signal(syscall.SIGTERM) }
	child.WaitDelay = 10 * time.Second
	if err := errors.Join(child.Start(), written.Close()); err != nil {
		return err
	}
	files, _ := io.ReadAll(read)
	err = child.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx) // app.run says so
	}
	_, _ = a.stdout.Write(stdout.Bytes())
	_, _ = a.stderr.Write(stderr.Bytes())
	exit, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case !exited:
		return err
	case exit.ExitCode() >= 0 && exit.ExitCode() != goCrash:
		return childExit(exit.ExitCode())
	}
	last := strings.TrimSpace(string(files))
	last = last[strings.LastIndexByte(last, '\n')+1:]
	return hint(fmt.Errorf("verify crashed while reading %s: %w", last, exit),
		"the file may be damaged, memory may have run out (lower data.memory_limit), or fcpipe has a defect: please "+
			"report it")
}

func (a *app) verifyArguments(deep bool) []string {
	arguments := []string{
		"verify", "--in-process", "--reading-fd=3", // the first of child.ExtraFiles
		fmt.Sprintf("--deep=%v", deep), fmt.Sprintf("--json=%v", a.json),
	}
	if a.configPath != "" {
		arguments = append(arguments, "--config", a.configPath)
	}
	return arguments
}
