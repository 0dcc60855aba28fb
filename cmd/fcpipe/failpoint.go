package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// failpoint ends the process at a named point of a round. Tests set FCPIPE_TEST_FAIL_AT to
// ACTION:POINT or ACTION:POINT:HIT, where ACTION is kill, term, hup, fault or panic and HIT counts from 1;
// "list" prints every point that is reached on stderr. Nobody else should set it.
func failpoint(getenv func(string) string, stderr io.Writer) func(string) {
	wanted := getenv("FCPIPE_TEST_FAIL_AT")
	if wanted == "" {
		return func(string) {}
	}
	if wanted == "list" {
		return func(point string) { fmt.Fprintf(stderr, "point %s\n", point) }
	}
	action, rest, _ := strings.Cut(wanted, ":")
	name, hit, counted := strings.Cut(rest, ":")
	number, _ := strconv.ParseInt(hit, 10, 64)
	var hits atomic.Int64
	return func(point string) {
		if point == name && (!counted || hits.Add(1) == number) {
			fail(action, point)
		}
	}
}

// freeForTests lets tests say how many bytes the disk has free: FCPIPE_TEST_FREE. It is for tests alone.
func freeForTests(getenv func(string) string) func(string) (int64, error) {
	free := getenv("FCPIPE_TEST_FREE")
	if free == "" {
		return nil
	}
	return func(string) (int64, error) { return strconv.ParseInt(free, 10, 64) }
}

// fail dies as a power cut, a stopped service, a terminal that hung up, a fault in native code or a defect would.
func fail(action, point string) {
	switch action {
	case "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "term":
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	case "hup":
		_ = syscall.Kill(os.Getpid(), syscall.SIGHUP)
	case "fault":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		select {}
	default:
		panic("failpoint " + point)
	}
}
