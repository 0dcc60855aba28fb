package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"
)

// childPrefix begins the first argument of this program where it is a baseline or the server.
const childPrefix = "child:"

// work is what a baseline does: it says how many rows it met and how many requests it sent.
type work func(ctx context.Context, arguments []string) (told, error)

// becomeChild does what a child of this program is for, if it is one.
func becomeChild(ctx context.Context, arguments []string, in io.Reader, out io.Writer) (is bool, err error) {
	if len(arguments) == 0 || !strings.HasPrefix(arguments[0], childPrefix) {
		return false, nil
	}
	name := strings.TrimPrefix(arguments[0], childPrefix)
	if name == "serve" {
		return true, serve(ctx, arguments[1:], in, out)
	}
	does := map[string]work{
		"read": readPages, "stripe-go": readWithStripeGo, "cp": copyFile, "copy": copyToParquet,
	}[name]
	if does == nil {
		return true, fmt.Errorf("no baseline is called %q", name)
	}
	did, err := does(ctx, arguments[1:])
	if err != nil {
		return true, err
	}
	return true, json.NewEncoder(out).Encode(did)
}

// timed measures the work of a baseline.
func timed(work func() error) (did told, err error) {
	began, before := time.Now(), cpuSeconds()
	err = work()
	return told{Seconds: time.Since(began).Seconds(), CPU: cpuSeconds() - before}, err
}

// cpuSeconds is what this process has used.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}
