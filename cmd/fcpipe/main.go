// Command fcpipe copies bank data that people agreed to share through Stripe Financial
// Connections into one DuckDB file and a Parquet lake.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"fcpipe/schema"
)

func main() {
	syscall.Umask(0o077) // bank data is its owner's alone
	schema.ExitOnFailedDisk(exitIO)
	ctx, stop := signalContext(context.Background())
	err := run(ctx, environment{args: os.Args[1:], getenv: os.Getenv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now})
	stop()
	os.Exit(exitCode(err))
}

// signalContext ends with the first SIGINT or SIGTERM; a second one kills at once.
func signalContext(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case received := <-signals:
			signal.Stop(signals)
			cancel(interruption{received.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}
