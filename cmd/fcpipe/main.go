// Command fcpipe copies bank data that people agreed to share through Stripe Financial
// Connections into one DuckDB file and a Parquet lake.
package main

import (
	"context"
	"os"
	"syscall"
	"time"
)

func main() {
	syscall.Umask(0o077) // bank data is its owner's alone
	ctx, hangups, stop := signalContext(context.Background())
	err := run(ctx, environment{
		args: os.Args[1:], getenv: os.Getenv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now, mounts: mounts, hangups: hangups,
		hooks: newHooks(os.Getenv, os.Stderr),
	})
	stop()
	os.Exit(exitCode(err))
}

// mounts is what Linux says of this process's mounts.
func mounts() string {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	return string(text)
}
