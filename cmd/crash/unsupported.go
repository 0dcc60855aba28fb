//go:build !(linux && amd64)

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "crash: tracing system calls is only built for Linux on amd64")
	os.Exit(1)
}
