package round_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/erase"
)

// put writes a file below the data directory.
func (w *canaryWorld) put(name, content string) {
	w.t.Helper()
	path := filepath.Join(w.store.Layout().Dir, name)
	w.must(os.MkdirAll(filepath.Dir(path), 0o700))
	w.must(os.WriteFile(path, []byte(content), 0o600))
}

// parquet writes a Parquet file of one text below the data directory.
func (w *canaryWorld) parquet(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.store.Layout().Dir, name)
	database, err := duck.Open(w.t.Context(), "", duck.ReadWrite, w.store.Settings(), filepath.Dir(path))
	w.must(err)
	defer func() { w.must(database.Close()) }()
	_, err = database.ExecContext(w.t.Context(), "COPY (SELECT 7 AS n, "+duck.Quote(text)+
		" || n::VARCHAR AS holder, NULL AS nothing FROM range(2000) AS t(n)) TO "+duck.Quote(path)+
		" (FORMAT parquet, COMPRESSION zstd)")
	w.must(err)
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write(bytes.Repeat([]byte("a row of another\n"), 100_000)); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

// TestAnErasureSearchesWhatIsCompressedAndLinked: Parquet and gzip are read, and what cannot be is named: nothing is
// called erased while such a file lies in the data directory. A copy of a name on the lake's disk, and one in the data
// directory, are named once each, whatever links lead to them. The file of a simulated Stripe, where the person is
// still known, stands in the way like any other where it is no simulator's, and else does not. Once all are gone, the
// command without a subject completes the erasure.
func TestAnErasureSearchesWhatIsCompressedAndLinked(t *testing.T) {
	w := linkedWorld(t)
	const simulator = "simulator.state"
	w.put(simulator, goneFirst)
	w.put("notes.txt", "about "+goneFirst)
	w.put("lake/notes.txt", "about "+goneFirst)
	w.parquet("f.parquet", goneFirst)
	w.parquet("others.parquet", "fca_of_another_person")
	w.put("rows.csv.gz", gzipped(t, goneHolder))
	w.put("others.csv.gz", gzipped(t, "nothing of them"))
	w.put("rows.csv.zst", "\x28\xb5\x2f\xfd....")
	w.put("old/copy.duckdb", "01234567DUCK....")
	w.put("broken.parquet", "PAR1 and no more")
	_, err := w.round().Erase(t.Context(), goneSubject)
	var left *erase.LeftError
	if !errors.As(err, &left) {
		t.Fatalf("ended: %v", err)
	}
	if !slices.Equal(left.Files, []string{"f.parquet", "lake/notes.txt", "notes.txt", "rows.csv.gz", simulator}) ||
		!slices.Equal(left.Unread, []string{"broken.parquet", "old/copy.duckdb", "rows.csv.zst"}) {
		t.Errorf("left: %v; not searched: %v", left.Files, left.Unread)
	}
	const want = "f.parquet, lake/notes.txt, notes.txt, rows.csv.gz, simulator.state still hold what was erased; " +
		"broken.parquet, old/copy.duckdb, rows.csv.zst were not searched for what was erased, since their bytes do " +
		"not show what is in them"
	if err.Error() != want {
		t.Errorf("says: %v", err)
	}
	dir := w.store.Layout().Dir
	for _, name := range slices.Concat(left.Files, left.Unread) {
		if name != simulator {
			w.must(os.Remove(filepath.Join(dir, name)))
		}
	}
	w.layout = schema.Layout{Simulator: filepath.Join(dir, simulator)}
	w.open(dir)
	done, err := w.round().Erase(t.Context(), erase.Subject{})
	w.must(err)
	if done.Record.Receipt == nil || !done.WasThere || done.Record.Reason != round.ByRequest {
		t.Errorf("%+v", done)
	}
	w.must(os.Remove(filepath.Join(dir, simulator)))
	w.wantErased()
}
