package duck_test

import (
	"path/filepath"
	"testing"

	"fcpipe/schema/duck"
)

// TestThreadsAreSetWhereWorkIsThrownAwayAlone: another instance keeps what it was opened with, and nothing else of the
// configuration may be changed in either.
func TestThreadsAreSetWhereWorkIsThrownAwayAlone(t *testing.T) {
	dir := t.TempDir()
	settings := duck.Settings{Threads: 2, MemoryLimit: 128 << 20}
	unlogged, err := duck.OpenUnlogged(t.Context(), filepath.Join(dir, "next.duckdb"), settings, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unlogged.Close() })
	other, err := duck.Open(t.Context(), filepath.Join(dir, "other.duckdb"), duck.ReadWrite, settings, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	if threads, err := duck.Threads(t.Context(), other); err != nil || threads != 0 {
		t.Errorf("of what is kept %d threads may be changed, %v", threads, err)
	}
	connection, err := unlogged.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	if err := duck.SetThreads(t.Context(), connection, 1); err != nil {
		t.Fatal(err)
	}
	if threads, err := duck.Threads(t.Context(), unlogged); err != nil || threads != 1 {
		t.Errorf("%d threads, want 1; %v", threads, err)
	}
	for _, statement := range []string{"SET memory_limit = '1GB'", "SET GLOBAL allowed_configs = ['memory_limit']"} {
		if _, err := unlogged.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s is allowed", statement)
		}
	}
}
