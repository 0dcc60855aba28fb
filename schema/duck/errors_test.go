package duck

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestAWantOfMemoryIsSaidWithoutAdviceNobodyCanFollow: DuckDB advises settings that are locked.
func TestAWantOfMemoryIsSaidWithoutAdviceNobodyCanFollow(t *testing.T) {
	database, err := Open(t.Context(), "", ReadWrite, Settings{Threads: 1, MemoryLimit: 16 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	_, err = database.ExecContext(t.Context(), "CREATE TABLE t AS SELECT list(range::VARCHAR) FROM range(5000000)")
	err = errors.Join(fmt.Errorf("derive: %w", err), errors.New("and the lake"))
	if !IsOutOfMemory(err) || !strings.Contains(err.Error(), "SET threads") {
		t.Fatalf("want DuckDB's want of memory with its advice, got: %v", err)
	}
	short := Concise(err)
	said := short.Error()
	if !strings.HasPrefix(said, "derive: Out of Memory Error: ") || strings.Count(said, "\n") != 1 ||
		!strings.HasSuffix(said, "\nand the lake") {
		t.Errorf("said: %q", said)
	}
	if !IsOutOfMemory(short) || Concise(nil) != nil {
		t.Error("an error that is said in short is another one")
	}
}
