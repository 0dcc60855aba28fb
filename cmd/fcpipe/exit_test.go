package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema"
	"fcpipe/schema/erase"
	fcsync "fcpipe/sync"
	"fcpipe/sync/stripe"
)

// TestExitCodes has the table of the manual, and who wins when several apply.
func TestExitCodes(t *testing.T) {
	disk := &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("anything"), 1},
		{round.ErrPartial, 3},
		{usageError{errors.New("x")}, 64},
		{fmt.Errorf("x: %w", schema.ErrForeignFile), 65},
		{schema.ErrNewerSchema, 65},
		{schema.ErrInvariant, 65},
		{fcsync.ErrWrongStore, 65},
		{&erase.LeftError{Files: []string{"notes.txt"}}, 65},
		{stripe.ErrUnreachable, 69},
		{disk, 74},
		{schema.ErrLocked, 75},
		{round.ErrBlocked, 75},
		{fcsync.ErrReadAllowance, 75},
		{fcsync.ErrDefaultAllowance, 3},
		{errors.Join(round.ErrBlocked, fcsync.ErrDefaultAllowance), 75},
		{stripe.ErrKeyRefused, 77},
		{configError{errors.New("x")}, 78},
		{stripe.ErrMalformedKey, 78},
		{interruption{syscall.SIGINT}, 130},
		{interruption{syscall.SIGTERM}, 143},
		{errors.Join(round.ErrPartial, round.ErrBlocked), 75},
		{errors.Join(round.ErrBlocked, stripe.ErrUnreachable), 69},
		{errors.Join(stripe.ErrUnreachable, disk), 74},
		{errors.Join(disk, schema.ErrInvariant), 65},
		{errors.Join(schema.ErrInvariant, stripe.ErrKeyRefused), 77},
		{errors.Join(stripe.ErrKeyRefused, interruption{syscall.SIGTERM}), 143},
	} {
		if got := exitCode(test.err); got != test.want {
			t.Errorf("%v: exit code %d, want %d", test.err, got, test.want)
		}
	}
}

// TestAFileThatMayNotBeReadHasAHint: of the operating system, wherever it was met.
func TestAFileThatMayNotBeReadHasAHint(t *testing.T) {
	err := hintDamage(&fs.PathError{Op: "open", Path: "state/lock", Err: syscall.EACCES})
	hinted, is := errors.AsType[hintedError](err)
	if !is || !strings.Contains(hinted.hint, "may not read or write it") || exitCode(err) != exitIO {
		t.Errorf("got %#v, exit code %d", err, exitCode(err))
	}
}
