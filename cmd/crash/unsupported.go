//go:build !(linux && amd64)

// Command crash proves what fcpipe promises of crashes. It needs Linux on amd64.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "crash: tracing system calls is only built for Linux on amd64")
	os.Exit(1)
}
