package store_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/landing"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

var (
	benchRows = flag.Int64(
		"rows", 1000, "stored rows of the store's benchmarks; beside the tests they only show that they work",
	)
	benchAccounts = flag.Int("accounts", 10, "accounts these rows belong to")
	benchMemory   = flag.Int64("memory", 1024, "memory limit of the store's benchmarks, MiB")
)

// benchEpoch is when the first row of a benchmark's history happened; its rows span two years.
var benchEpoch = time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)

// benchStore is a store whose rows SQL made: 10 million would take their time through landing.
type benchStore struct {
	*store.Store
	clock time.Time
}

// newBenchStore publishes accounts and nothing else, through a round like any other; its file has no derived tables.
func newBenchStore(b *testing.B, hook func(string)) *benchStore {
	b.Helper()
	s := &benchStore{clock: benchEpoch.AddDate(2, 1, 0)}
	layout := schema.Layout{Dir: b.TempDir()}
	if err := storetest.WriteTemplate(layout); err != nil {
		b.Fatal(err)
	}
	store, err := store.Open(b.Context(), store.Options{
		Layout:         layout,
		Settings:       duck.Settings{MemoryLimit: *benchMemory << 20},
		ProgramVersion: "bench",
		Now:            func() time.Time { return s.clock },
		Hook:           hook,
	})
	if err != nil {
		b.Fatal(err)
	}
	s.Store = store
	landing := s.land(b, schema.Landed{Accounts: []schema.Account{storetest.Account("fca_0")}})
	if err := s.merge(b, landing).Publish(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}

// land makes rows durable in the landing.
func (s *benchStore) land(b *testing.B, rows schema.Landed) *landing.Landing {
	b.Helper()
	landing, err := s.Landing(b.Context())
	if err == nil {
		err = errors.Join(landing.Land(b.Context(), rows), landing.Seal(b.Context()))
	}
	if err != nil {
		b.Fatal(err)
	}
	return landing
}

// merge brings what landed into the next generation, which must differ.
func (s *benchStore) merge(b *testing.B, landing *landing.Landing) *store.Generation {
	b.Helper()
	run := journal.FinishedRun{
		RunRecord: journal.RunRecord{
			RunID: fmt.Sprintf("run-%d", s.clock.Unix()), StartedAt: s.clock, Outcome: "complete",
			ProgramVersion: "bench",
		},
	}
	generation, report, err := s.Merge(b.Context(), landing, store.MergeRun{Run: run, ReportZone: "UTC"})
	if err != nil || generation == nil {
		b.Fatalf("merge: %v, %+v", err, report)
	}
	return generation
}

// write runs statements on the published file, which no other program has open, and checkpoints it.
func (s *benchStore) write(b *testing.B, statements ...string) {
	b.Helper()
	database, err := duck.Open(b.Context(), s.Layout().Database(), duck.ReadWrite, s.Settings(), s.Layout().Dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, text := range append(statements, "CHECKPOINT") {
		if _, err := database.ExecContext(b.Context(), text); err != nil {
			b.Fatalf("%.60s: %v", text, errors.Join(err, database.Close()))
		}
	}
	if err := database.Close(); err != nil {
		b.Fatal(err)
	}
}

// took is how long a question takes whose one row is thrown away.
func took(b *testing.B, database *sql.DB, question string) time.Duration {
	b.Helper()
	began := time.Now()
	rows, err := database.QueryContext(context.Background(), question)
	if err == nil {
		for rows.Next() { // every row is computed, none is looked at
		}
		err = errors.Join(rows.Err(), rows.Close())
	}
	if err != nil {
		b.Fatalf("%s: %v", question, err)
	}
	return time.Since(began)
}

// forgetPeak makes this moment's resident memory the peak.
func forgetPeak(b *testing.B) {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatalf("peak memory is read from Linux's /proc: %v", err)
	}
}

// peakMiB is the largest resident memory (VmHWM) since forgetPeak.
func peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	_, rest, found := strings.Cut(string(status), "VmHWM:")
	if err != nil || !found {
		b.Fatalf("peak memory is read from Linux's /proc: no VmHWM, %v", err)
	}
	kibibytes, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kibibytes / 1024
}
