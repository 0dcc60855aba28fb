package main

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"fcpipe/cmd/fcpipe/round"
	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/store"
	"fcpipe/schema/tombstone"
	fcsync "fcpipe/sync"
	"fcpipe/sync/disconnect"
	"fcpipe/sync/stripe"
)

// Exit codes. Programs that call fcpipe rely on them: they never change their meaning.
const (
	exitFailed        = 1
	exitPartial       = 3
	exitUsage         = 64
	exitRefusedData   = 65
	exitUnreachable   = 69
	exitIO            = 74
	exitTryLater      = 75
	exitKeyRefused    = 77
	exitConfiguration = 78
	exitInterrupt     = 130
	exitTerminate     = 143
)

// interruption is the cause of a context that a signal ended.
type interruption struct{ signal syscall.Signal }

func (i interruption) Error() string { return "interrupted by " + unix.SignalName(i.signal) }

// usageError is a command line that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// configError is a configuration, or key, that cannot be used.
type configError struct{ error }

func (e configError) Unwrap() error { return e.error }

// unsavedError is what a simulated world was lost by. No signal is the reason of that.
type unsavedError struct{ error }

func (e unsavedError) Unwrap() error { return e.error }

// hintedError carries what to do next.
type hintedError struct {
	error
	hint string
}

func (e hintedError) Unwrap() error { return e.error }

func hint(err error, text string) error { return hintedError{err, text} }

var (
	// errLost: repair could not bring back everything.
	errLost = errors.New("not everything could be recovered")
	// errFindings: verify found something broken.
	errFindings = errors.New("verify found problems")
)

// exitCode is where every exit code is decided but 2, which Go gives a panic (goCrash in verify_child.go): the first
// rule that fits, so the order is the precedence when several apply.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	var signal interruption
	var usage usageError
	var cfg configError
	var path *fs.PathError
	var number syscall.Errno
	var told childExit
	switch {
	case errors.As(err, &told):
		return int(told)
	case errors.As(err, &signal) && signal.signal != syscall.SIGINT: // SIGTERM, or a terminal that hung up
		return exitTerminate
	case errors.As(err, &signal):
		return exitInterrupt
	case errors.Is(err, stripe.ErrKeyRefused):
		return exitKeyRefused
	case errors.As(err, &cfg), errors.Is(err, stripe.ErrMalformedKey), errors.Is(err, export.ErrPrivacy),
		errors.Is(err, round.ErrUserFiles):
		return exitConfiguration
	case errors.As(err, &usage), errors.Is(err, store.ErrLinkRefused), errors.Is(err, reader.ErrNotHeld),
		errors.Is(err, disconnect.ErrNone):
		return exitUsage
	case refusedData(err):
		return exitRefusedData
	case errors.Is(err, schema.ErrHeldOpen): // DuckDB calls it an IO error
		return exitTryLater
	case errors.As(err, &path), errors.As(err, &number), duck.IsIO(err):
		return exitIO
	case errors.Is(err, stripe.ErrUnreachable):
		return exitUnreachable
	case errors.Is(err, schema.ErrLocked), errors.Is(err, round.ErrBlocked),
		errors.Is(err, fcsync.ErrReadAllowance) && !errors.Is(err, fcsync.ErrDefaultAllowance):
		return exitTryLater
	case errors.Is(err, round.ErrPartial), errors.Is(err, fcsync.ErrDefaultAllowance), errors.Is(err, errLost),
		errors.Is(err, errNeedsAttention), errors.Is(err, fcsync.ErrDeadline):
		return exitPartial
	}
	return exitFailed
}

func refusedData(err error) bool {
	if duck.IsDamaged(err) {
		return true
	}
	for _, refusal := range []error{
		schema.ErrForeignFile, schema.ErrPublishedMissing, schema.ErrNewerSchema, schema.ErrInvariant,
		journal.ErrCorrupt, store.ErrJournalGone, tombstone.ErrKey,
		fcsync.ErrWrongStore, errFindings,
	} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

const exitCodesText = `Exit codes, the same for every command. "retry" marks those after which a timer should
simply try again.

  0         complete, or nothing to do
  1         failed                                                                    retry
  2         crashed: a defect, or DuckDB aborted because the disk failed twice in a
            row; the published file is untouched                                      retry
  3         partial: some accounts failed, are missing, are staler than twice their
            interval, were not reached before sync.deadline, or wait for reads (quota:
            the allowance fcpipe assumes); the rest is published                      retry
            from "status --check": something needs attention
  64        wrong usage: the command line; an as-of question about an instant of which
            the file holds nothing: beyond its watermark, or past its retention
  65        data refused: a broken invariant, a file of another program or of a newer
            fcpipe, no file although an earlier generation is kept, a missing journal
  69        Stripe cannot be reached                                                  retry
  74        input or output failed: disk full, directory not writable                 retry
  75        another run holds the lock, another program has the file open for
            writing, or a budget that is set (money, or a written
            stripe.reads_per_30_days) blocked due work                                retry
  77        Stripe refused the key
  78        the configuration or a key cannot be used; or the lake shows texts of people
            in another way than privacy.lake says: "fcpipe export --full"; or your own
            rules or overrides cannot be used: everything else was done without them
  130, 143  a round was interrupted by SIGINT (130), or by SIGTERM or SIGHUP (143);
            everything on disk is consistent                                          retry

"schedule" and "simulate" exit with 0 when they are stopped while no round is running. SIGHUP does not stop
them: schedule reloads its configuration, simulate saves its world, "collect serve" reads its tokens again.
`

// exitCodesTopic makes "fcpipe help exit-codes".
func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "what the exit codes mean", Long: exitCodesText}
}
