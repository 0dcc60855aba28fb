//go:build linux && amd64

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
)

// testSwitches is how the variables begin by which tests disturb a program that is built for it.
var testSwitches = []byte("FCPIPE_TEST_")

var errSwitches = errors.New("it knows switches of tests: an environment variable could end a production round")

// checkShipped holds the program that people get to knowing no switches of tests; "" checks nothing.
func checkShipped(path string) error {
	if path == "" {
		return nil
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if bytes.Contains(program, testSwitches) {
		return fmt.Errorf("%s: %w", path, errSwitches)
	}
	return nil
}
