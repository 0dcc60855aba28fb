package store_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
	"fcpipe/schema/storetest"
)

// benchSegmentRows is how many rows a landing puts into one segment.
const benchSegmentRows = 122_880

// benchBatch is how many rows a merge of the benchmarks brings.
func benchBatch() int64 { return min(10_000, *benchRows) }

// benchTransactions lands numbered rows: the same number is the same id at the same time, and
// %[3]d days later it has changed.
const benchTransactions = `
INSERT INTO transactions
SELECT %[1]d + row_number() OVER (), 'fctxn_1' || substr(md5(n::VARCHAR), 1, 23), 'fca_' || hash(n) %% %[4]d,
    (hash(n) %% 100000)::BIGINT - 80000 - %[3]d, 'usd', 'CARD PURCHASE ' || n %% 5000 || ' COFFEE ' || n %% 977,
	'posted', happened,
    happened + INTERVAL 1 DAY, NULL, happened + (1 + %[3]d) * INTERVAL 1 DAY, 'fctxnref_' || n %% 700 + %[3]d, false,
	NULL
FROM (SELECT n, TIMESTAMPTZ '2024-05-01 00:00:00+00' + to_microseconds(n * (63072000000000 // %[5]d)) AS happened FROM
	(%[2]s) numbers(n))`

// landNumbers seals a segment of the rows whose numbers a question gives.
func (s *benchStore) landNumbers(b *testing.B, segment int64, numbers string, days int) {
	b.Helper()
	path := filepath.Join(s.Layout().Landing(), fmt.Sprintf("%012d.duckdb", segment))
	database, err := duck.Open(b.Context(), path, duck.ReadWrite, s.Settings(), s.Layout().Landing())
	if err != nil {
		b.Fatal(err)
	}
	rows := fmt.Sprintf(benchTransactions, segment<<40, numbers, days, *benchAccounts, *benchRows)
	for _, text := range []string{duck.Load(os.DirFS("../landing")).Get("landing_tables"), rows, "CHECKPOINT"} {
		if _, err := database.ExecContext(b.Context(), text); err != nil {
			b.Fatal(errors.Join(err, database.Close()))
		}
	}
	if err := database.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkStore loads the rows of a first sync, then merges 10,000 more into them: changes of the
// newest, changes of any, all new, each beside a copy of the file; last, what publishing costs.
func BenchmarkStore(b *testing.B) {
	clock := &stages{}
	s := newBenchStore(b, clock.at)
	metrics := firstLoad(b, s, clock)
	b.Run("first-load", func(b *testing.B) { // measured once, whatever the bench time
		b.ReportMetric(0, "ns/op")
		for unit, value := range metrics {
			b.ReportMetric(value, unit)
		}
	})
	stride := max(*benchRows/benchBatch(), 1)
	for segment, batch := range []struct {
		name, numbers string
		days          int
	}{
		{"merge=recent", fmt.Sprintf("FROM range(%d, %d)", *benchRows-benchBatch(), *benchRows), 1},
		{"merge=scattered", fmt.Sprintf("SELECT n * %[1]d + (hash(n) %% %[1]d)::BIGINT FROM range(%[2]d) r(n)", stride,
			benchBatch()), 1},
		{"merge=new", fmt.Sprintf("FROM range(%d, %d)", *benchRows, *benchRows+benchBatch()), 0},
	} {
		b.Run(batch.name, func(b *testing.B) {
			s.landNumbers(b, int64(1_000_000+segment), batch.numbers, batch.days)
			mergeBatch(b, s, clock)
		})
	}
	b.Run("publish", func(b *testing.B) { publishBatch(b, s, clock) })
}

// stages notes when a store passed its named points.
type stages struct{ passed map[string]time.Time }

func (c *stages) at(point string) {
	if c.passed == nil {
		c.passed = map[string]time.Time{}
	}
	c.passed[point] = time.Now()
}

func (c *stages) between(from, to string) float64 {
	return float64(c.passed[to].Sub(c.passed[from]).Microseconds()) / 1000
}

// firstLoad merges every row into a store that has none, and publishes them.
func firstLoad(b *testing.B, s *benchStore, clock *stages) map[string]float64 {
	b.Helper()
	accounts := schema.Landed{}
	for n := range *benchAccounts {
		accounts.Accounts = append(accounts.Accounts, storetest.Account(fmt.Sprintf("fca_%d", n)))
	}
	s.land(b, accounts)
	for first, segment := int64(0), int64(1000); first < *benchRows; first, segment = first+benchSegmentRows,
		segment+1 {
		s.landNumbers(b, segment, fmt.Sprintf("FROM range(%d, %d)", first, min(first+benchSegmentRows, *benchRows)), 0)
	}
	landing, err := s.Landing(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	forgetPeak(b)
	began := time.Now()
	generation := s.merge(b, landing)
	peak := peakMiB(b)
	if err := generation.Publish(b.Context()); err != nil {
		b.Fatal(err)
	}
	seconds := time.Since(began).Seconds()
	stored := sizeOf(b, s.Layout().Database())
	return map[string]float64{
		"rows/s":           float64(*benchRows) / seconds,
		"stage-s":          clock.between("merge.copied", "merge.staged") / 1000,
		"merge-s":          clock.between("merge.staged", "merge.committed") / 1000,
		"peak-MiB":         peak,
		"file-MB":          stored / 1e6,
		"times-plain-file": stored / s.plainSize(b),
	}
}

// plainSize is the size of a file with the same versions and nothing else.
func (s *benchStore) plainSize(b *testing.B) float64 {
	b.Helper()
	path := filepath.Join(b.TempDir(), "plain.duckdb")
	database, err := duck.Open(b.Context(), path, duck.ReadWrite, s.Settings(), s.Layout().Dir, filepath.Dir(path))
	if err != nil {
		b.Fatal(err)
	}
	for _, text := range []string{
		"ATTACH " + duck.Quote(s.Layout().Database()) + " AS stored (READ_ONLY)",
		"CREATE TABLE versions AS FROM stored.main.transaction_versions", "CHECKPOINT", "DETACH stored",
	} {
		if _, err := database.ExecContext(b.Context(), text); err != nil {
			b.Fatal(errors.Join(err, database.Close()))
		}
	}
	if err := database.Close(); err != nil {
		b.Fatal(err)
	}
	return sizeOf(b, path)
}

func sizeOf(b *testing.B, path string) float64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return float64(info.Size())
}

// mergeBatch merges what landed and throws the generation away, so that every turn finds the same file.
func mergeBatch(b *testing.B, s *benchStore, clock *stages) {
	fastest := map[string]float64{}
	note := func(name string, milliseconds float64) {
		if before, known := fastest[name]; !known || milliseconds < before {
			fastest[name] = milliseconds
		}
	}
	var peak float64
	var landing *landing.Landing
	for b.Loop() {
		cached, durable := copyBytes(b, s.Layout().Database())
		note("copy-ms", cached)
		note("durable-copy-ms", durable)
		var err error
		if landing, err = s.Landing(b.Context()); err != nil {
			b.Fatal(err)
		}
		forgetPeak(b)
		generation := s.merge(b, landing)
		peak = max(peak, peakMiB(b))
		if changed := generation.Report().TransactionsNew +
			generation.Report().TransactionsChanged; changed != benchBatch() {
			b.Fatalf("merged %d rows of %d", changed, benchBatch())
		}
		if _, err := generation.Database().ExecContext(b.Context(), "CHECKPOINT"); err != nil {
			b.Fatal(err)
		}
		clock.at("bench.checkpointed")
		for _, part := range []struct{ name, from, to string }{
			{"near-ms", "merge.staged", "merge.near_probed"},
			{"far-ms", "merge.near_probed", "merge.far_probed"},
			{"replace-ms", "merge.classified", "merge.replaced"},
			{"checkpoint-ms", "merge.committed", "bench.checkpointed"},
			{"merge-ms", "merge.copied", "bench.checkpointed"},
		} {
			note(part.name, clock.between(part.from, part.to))
		}
		if err := generation.Discard(); err != nil {
			b.Fatal(err)
		}
	}
	if err := landing.Remove(landing.Segments()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op")
	for name, milliseconds := range fastest {
		b.ReportMetric(milliseconds, name)
	}
	b.ReportMetric(fastest["merge-ms"]/fastest["copy-ms"], "times-copy")
	b.ReportMetric(fastest["merge-ms"]/fastest["durable-copy-ms"], "times-durable-copy")
	b.ReportMetric(peak, "peak-MiB")
}

// copyBytes is how many milliseconds a copy of a file takes, byte by byte: until it is in memory,
// and until it is durable, as a generation has to be.
func copyBytes(b *testing.B, path string) (cached, durable float64) {
	b.Helper()
	target := filepath.Join(b.TempDir(), "copy")
	began := time.Now()
	from, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	to, err := os.Create(target)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.CopyBuffer(
		struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 1<<20),
	) // never by reference
	took := time.Since(began)
	err = errors.Join(err, to.Sync())
	tookSynced := time.Since(began)
	if err := errors.Join(err, from.Close(), to.Close(), os.Remove(target)); err != nil {
		b.Fatal(err)
	}
	return float64(took.Microseconds()) / 1000, float64(tookSynced.Microseconds()) / 1000
}

// publishBatch publishes one more row again and again: everything but the merge and the models.
func publishBatch(b *testing.B, s *benchStore, clock *stages) {
	var clones, round, copying []float64
	segment := int64(2_000_000)
	for turn := 1; b.Loop(); turn++ {
		s.clock = s.clock.Add(time.Hour)
		s.landNumbers(
			b, segment+int64(turn), fmt.Sprintf("FROM range(%[1]d, %[1]d + 1)", *benchRows+benchBatch()+int64(turn)), 0,
		)
		landing, err := s.Landing(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		hundredMB := sizeOf(b, s.Layout().Database()) / 100e6
		cached, _ := copyBytes(b, s.Layout().Database())
		copying = append(copying, cached/hundredMB)
		clones = append(clones, clone(b, s.Layout().Database()))
		generation := s.merge(b, landing)
		if err := generation.Publish(b.Context()); err != nil {
			b.Fatal(err)
		}
		round = append(round, clock.between("merge.committed", "publish.renamed")/hundredMB)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(slices.Min(copying), "copy-ms/100MB")
	b.ReportMetric(slices.Min(round), "publish-ms/100MB")
	if clones[0] >= 0 {
		b.ReportMetric(slices.Min(clones), "reflink-ms")
	}
}

// clone is how many milliseconds a copy by reference takes; -1 where the file system makes none.
func clone(b *testing.B, path string) float64 {
	b.Helper()
	from, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	target := filepath.Join(filepath.Dir(path), "clone")
	to, err := os.Create(target)
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	refused := durable.CloneFile(from, to)
	took := time.Since(began)
	if err := errors.Join(from.Close(), to.Close(), os.Remove(target)); err != nil {
		b.Fatal(err)
	}
	if refused != nil {
		return -1
	}
	return float64(took.Microseconds()) / 1000
}
