package duck_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/duck"
)

// TestStatementsThatFailSayWhy: a statement that waits in sleep fails with DuckDB's own message and kind of error, and
// the connection goes on; one of a context that ends does so in time.
func TestStatementsThatFailSayWhy(t *testing.T) {
	database, err := duck.Open(t.Context(), "", duck.ReadWrite, duck.Settings{MemoryLimit: 32 << 20, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	_, err = database.ExecContext(t.Context(),
		"CREATE TABLE t AS SELECT CASE WHEN i = 700000 THEN error('no such thing') END AS x FROM range(1000000) r(i)")
	if err == nil || !strings.HasPrefix(err.Error(), "Invalid Input Error: no such thing") {
		t.Errorf("the error is %v", err)
	}
	_, err = database.ExecContext(t.Context(),
		"CREATE TABLE t AS SELECT repeat('x', 100) || i AS x FROM range(5000000) r(i)")
	if !duck.IsOutOfMemory(err) {
		t.Errorf("the error is %v, want one of memory", err)
	}
	var sum int64
	err = database.QueryRowContext(t.Context(), "SELECT sum(i)::BIGINT FROM range(1000000) r(i)").Scan(&sum)
	if err != nil || sum != 499_999_500_000 {
		t.Errorf("got %d, %v", sum, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err = database.ExecContext(ctx, "CREATE TABLE u AS SELECT count(*) FROM range(1000000) a, range(1000000) b")
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 20*time.Second {
		t.Errorf("the error is %v after %v", err, time.Since(began))
	}
}
