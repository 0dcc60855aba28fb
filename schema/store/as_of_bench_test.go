package store_test

import (
	"fmt"
	"testing"
	"time"

	"fcpipe/schema/reader"
)

// benchVersions makes the versions of a history: every id has a first one, of a hundred ids
// share have a second and a fifth of these a third; one in 97 of the later ones was superseded
// on arrival. They lie in order of observation, as an append-only table's do.
const benchVersions = `
INSERT INTO main.transaction_versions
SELECT 'fctxn_1' || substr(md5(n::VARCHAR), 1, 23), 'fca_' || n %% 1000, (hash(n) %% 100000)::BIGINT - 80000, 'usd',
    'CARD PURCHASE ' || n %% 5000 || ' COFFEE ' || n %% 977, CASE WHEN n %% 50 = 0 THEN 'void' WHEN v = 1 AND n %% 9 = 0
	THEN 'pending' ELSE 'posted' END,
    happened, CASE WHEN v > 1 OR n %% 9 > 0 THEN happened + INTERVAL 1 DAY END, NULL, happened + v * INTERVAL 1 DAY,
	'fctxnref_' || n %% 700,
    v::INTEGER, happened + INTERVAL 2 HOUR, happened + INTERVAL 2 HOUR + (v - 1) * INTERVAL 2 DAY, 'run-' || n // 20000,
	false, NULL, v > 1 AND n %% 97 = 0, false
FROM (SELECT n, v, TIMESTAMPTZ '2024-05-01 00:00:00+00' + to_microseconds(n * (63072000000000 // %[1]d)) AS happened
      FROM range(%[1]d) ids(n), range(1, 4) versions(v)
      WHERE v = 1 OR (v = 2 AND n %% 100 < %[2]d) OR (v = 3 AND n %% 100 < %[2]d // 5))
ORDER BY happened + v * INTERVAL 2 DAY, n`

// BenchmarkAsOf asks what was known at the watermark, the costliest instant, of histories in which
// a tenth and a half of the ids have several versions, beside a plain scan of the same versions.
func BenchmarkAsOf(b *testing.B) {
	for _, share := range []int64{10, 50} {
		b.Run(fmt.Sprintf("changed=%d%%", share), func(b *testing.B) {
			s := newBenchStore(b, nil)
			ids := *benchRows * 100 / (100 + share + share/5)
			s.write(
				b, fmt.Sprintf(benchVersions, ids, share),
				"UPDATE meta.store SET watermark = (SELECT max(observed_at) FROM main.transaction_versions)",
			)
			for name, consumer := range map[string]string{
				"hash":   "SELECT bit_xor(hash(t)) FROM (%s) t",
				"status": "SELECT status, count(*), sum(amount_minor) FROM (%s) GROUP BY status",
			} {
				b.Run(name, func(b *testing.B) { compareAsOf(b, s, consumer) })
			}
		})
	}
}

// compareAsOf feeds one consumer from a scan and from the macro; the fastest of each counts.
func compareAsOf(b *testing.B, s *benchStore, consumer string) {
	reader, err := reader.Open(b.Context(), s.Layout(), s.Settings())
	if err != nil {
		b.Fatal(err)
	}
	defer reader.Close()
	const (
		plain     = "SELECT * EXCLUDE (superseded_on_arrival, is_current) FROM main.transaction_versions"
		knownThen = "FROM transactions_as_of((SELECT watermark FROM meta.store))"
	)
	scan, asOf := time.Duration(1<<62), time.Duration(1<<62)
	var peak float64
	for b.Loop() {
		scan = min(scan, took(b, reader.Database(), fmt.Sprintf(consumer, plain)))
		forgetPeak(b)
		asOf = min(asOf, took(b, reader.Database(), fmt.Sprintf(consumer, knownThen)))
		peak = max(peak, peakMiB(b))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(scan.Seconds()*1000, "scan-ms")
	b.ReportMetric(asOf.Seconds()*1000, "as-of-ms")
	b.ReportMetric(float64(asOf)/float64(scan), "times-scan")
	b.ReportMetric(peak, "peak-MiB")
}
