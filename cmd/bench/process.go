package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// start runs a program to its end and returns what it wrote and cost. Nothing of this process is in its peak as long
// as this process is small: the kernel counts a child from the memory it was started from.
func (b *bench) start(ctx context.Context, program string, arguments ...string) ([]byte, sample, error) {
	command := exec.CommandContext(ctx, program, arguments...)
	command.Env = append(os.Environ(), "STRIPE_API_KEY=sk_test_bench", "STRIPE_API_KEY_FILE=")
	var complaint bytes.Buffer
	command.Stderr = &complaint
	began := time.Now()
	out, err := command.Output()
	s := sample{total: time.Since(began).Seconds()}
	if err != nil {
		return nil, s, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments, " "), err, complaint.String())
	}
	s.cpu = (command.ProcessState.UserTime() + command.ProcessState.SystemTime()).Seconds()
	s.peak = command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024
	return out, s, nil
}

// told is what a baseline says about itself: its work alone, without its start and its preparation.
type told struct {
	Seconds  float64 `json:"seconds"`
	CPU      float64 `json:"cpu_seconds"`
	Rows     int64   `json:"rows"`
	Requests int64   `json:"requests"`
}

// baseline runs one of this program's own.
func (b *bench) baseline(ctx context.Context, name string, arguments ...string) (sample, told, error) {
	out, s, err := b.start(ctx, b.self, append([]string{childPrefix + name}, arguments...)...)
	if err != nil {
		return s, told{}, err
	}
	var says told
	if err := json.Unmarshal(out, &says); err != nil {
		return s, says, fmt.Errorf("%s: %w", name, err)
	}
	s.total, s.cpu, s.requests, s.fresh = says.Seconds, says.CPU, says.Requests, says.Rows
	return s, says, nil
}
