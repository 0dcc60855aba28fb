// Command fcpipe copies bank data that people agreed to share through Stripe Financial Connections into one DuckDB file
// and a Parquet lake.
//
// Where to look: main.go begins and ends the process and takes signals; app.go is the program (run) with the list of
// commands (command). Each command is a file of its name; unlink is in link.go, what is behind "collect serve" in
// collect_serve.go, status has status_print.go and status_verdict.go beside it, verify verify_child.go. exit.go decides
// every exit code but 2 (exitCode), wiring.go opens what a command needs (wire) and says what to do about how a round
// ended (hintRound), configuration.go finds the configuration, key.go the Stripe key. log.go, progress.go and table.go
// print, help.go keeps wrong command lines apart. What a round does is in package round. hooks.go and
// hooks_failpoints.go are for tests.
//
// It imports everything below it. It promises that clock, environment and streams of the process come in through main
// alone, and that an exit code never changes its meaning.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	syscall.Umask(0o077) // bank data is its owner's alone
	ctx, hangups, stop := signalContext(context.Background())
	err := run(ctx, environment{
		args: os.Args[1:], getenv: os.Getenv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now,
		mounts: mounts, limitHeap: limitHeap(), hangups: hangups,
		hooks: newHooks(ctx.Done(), os.Getenv, os.Stderr),
	})
	stop()
	os.Exit(exitCode(err))
}

// limitHeap bounds Go's memory, unless the user did.
func limitHeap() func(int64) int64 {
	if os.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	return debug.SetMemoryLimit
}

// mounts is what Linux says of this process's mounts.
func mounts() string {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	return string(text)
}

// hangups are the SIGHUPs of a process. They end a command, as SIGTERM does, until a command that goes
// on for ever takes them: to such a one the signal says "read your configuration again".
type hangups struct {
	taken    atomic.Bool
	received chan struct{}
	listen   func() // to the signal, were it ignored
}

// take hands them to a command. One that comes while another is being seen to is the same one.
func (h *hangups) take() <-chan struct{} {
	if h == nil { // a test, which sends none
		return nil
	}
	h.taken.Store(true)
	h.listen()
	return h.received
}

// deliver reports whether a command took it.
func (h *hangups) deliver() bool {
	if !h.taken.Load() {
		return false
	}
	select {
	case h.received <- struct{}{}:
	default:
	}
	return true
}

// signalContext ends with the first SIGINT or SIGTERM, or SIGHUP where no command takes it; a second
// one kills at once. What was ignored when the process began, as by nohup, stays so.
func signalContext(parent context.Context) (context.Context, *hangups, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	h := &hangups{received: make(chan struct{}, 1), listen: func() { signal.Notify(signals, syscall.SIGHUP) }}
	go func() {
		for {
			select {
			case received := <-signals:
				if received == syscall.SIGHUP && h.deliver() {
					continue
				}
				signal.Stop(signals)
				cancel(interruption{received.(syscall.Signal)})
				return
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, h, func() { signal.Stop(signals); cancel(nil) }
}
