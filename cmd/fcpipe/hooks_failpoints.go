//go:build failpoints

package main

import (
	"io"
	"os"

	"fcpipe/cmd/crash/failpoint"
)

func init() {
	failpoint.LeaveTables(os.Getenv)
	newHooks = func(stopped <-chan struct{}, getenv func(string) string, stderr io.Writer) hooks {
		return hooks(failpoint.FromEnvironment(stopped, getenv, stderr))
	}
}
