//go:build failpoints

package main

import (
	"io"

	"fcpipe/cmd/crash/failpoint"
)

func init() {
	newHooks = func(stopped <-chan struct{}, getenv func(string) string, stderr io.Writer) hooks {
		return hooks(failpoint.FromEnvironment(stopped, getenv, stderr))
	}
}
