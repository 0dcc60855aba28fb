package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestEveryCommandWithAConfigurationBoundsGoMemory has a simulator's world take what it needs.
func TestEveryCommandWithAConfigurationBoundsGoMemory(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]int64{"https://api.stripe.com": 128 << 20, "simulator:world": 0} {
		dir := t.TempDir()
		path := filepath.Join(dir, "config.yaml")
		text := "stripe: {api_base: \"" + base + "\"}\ndata: {dir: data, memory_limit: 1GiB}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var got int64
		err := run(t.Context(), environment{
			args: []string{"--config", path, "config", "check"}, getenv: func(string) string { return "" },
			stdout: io.Discard, stderr: io.Discard, now: time.Now,
			limitHeap: func(bytes int64) int64 { got = bytes; return 0 },
		})
		if err != nil || got != want {
			t.Errorf("%s: Go's memory is bounded to %d: %v, want %d", base, got, err, want)
		}
	}
}
