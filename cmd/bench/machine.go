package main

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// machine is where the figures were measured, and with what.
type machine struct {
	At     time.Time `json:"at"`
	CPU    string    `json:"cpu"`
	Cores  int       `json:"cores"`
	Memory int64     `json:"memory_bytes"`
	System string    `json:"system"`
	Go     string    `json:"go"`
	DuckDB string    `json:"duckdb"`
	Commit string    `json:"commit"`
	Fcpipe string    `json:"fcpipe"` // what the program says of itself
}

func (b *bench) machine(ctx context.Context) (machine, error) {
	duckdb, err := duckdbVersion(ctx)
	if err != nil {
		return machine{}, err
	}
	says, _, err := b.start(ctx, b.program, "version")
	kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(valueIn("/proc/meminfo", "MemTotal"), " kB"), 10, 64)
	return machine{
		At: time.Now().UTC().Truncate(time.Second), CPU: valueIn("/proc/cpuinfo", "model name"),
		Cores: runtime.NumCPU(), Memory: kilobytes * 1024, System: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), DuckDB: duckdb, Commit: b.commit, Fcpipe: strings.TrimSpace(string(says)),
	}, err
}

// valueIn finds "name: value" in a file of the kernel; "" where there is none.
func valueIn(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
