package export

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
)

// unpackLake puts a committed lake in the place of a world's. Its folders are named by columns of its
// files, empty datasets have none, elements of lists no field ids: what fcpipe wrote before.
func (w *world) unpackLake(name string) {
	w.t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		w.t.Fatal(err)
	}
	defer file.Close()
	compressed, err := gzip.NewReader(file)
	if err != nil {
		w.t.Fatal(err)
	}
	archive := tar.NewReader(compressed)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil || !filepath.IsLocal(header.Name) {
			w.t.Fatal(header, err)
		}
		if header.Typeflag == tar.TypeDir {
			continue
		}
		content, err := io.ReadAll(archive)
		path := filepath.Join(w.layout.Lake(), header.Name)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700),
			os.WriteFile(path, content, 0o600)); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestEarlierLakesAreWrittenOnceMore(t *testing.T) {
	t.Parallel()
	w := ofMove.world(t)
	w.unpackLake("lake-with-column-folders.tar.gz")
	earlier, damage, err := readLatest(w.layout.Lake())
	if err != nil || damage != "" || len(earlier.Files) == 0 {
		t.Fatal(earlier, damage, err)
	}

	// until then it is behind, not broken
	reader := w.reader()
	problems, err := Verify(t.Context(), reader, w.layout.Lake(), w.privacy, true)
	if err != nil || len(problems) == 0 {
		t.Fatal(problems, err)
	}
	for _, p := range problems {
		if !p.Behind && p.Path != currentName {
			t.Errorf("before the export: %s", p)
		}
	}

	report := w.exportAgain()
	if report.Unchanged || report.ExportID == earlier.ExportID || report.FilesKept != 0 || report.FilesRetired != 0 ||
		report.Rebuilt != "" {
		t.Errorf("%+v", report)
	}
	// who still follows the earlier manifest finds each of its files, byte for byte
	manifest, err := readManifest(w.layout.Lake(), manifestPath(earlier.ExportID))
	if err != nil || len(manifest.Files) != len(earlier.Files) {
		t.Fatal(manifest, err)
	}
	for _, file := range manifest.Files {
		if _, sum, err := contentOf(filepath.Join(w.layout.Lake(), file.Path)); err != nil || sum != file.SHA256 {
			t.Errorf("%s: %s %v", file.Path, sum, err)
		}
	}
	for name := range w.files() {
		if strings.HasPrefix(name, "views/") && strings.Contains(name, "_month=") {
			t.Errorf("current shows %s", name)
		}
	}
	before := w.files()
	if again := w.exportAgain(); !again.Unchanged || !maps.Equal(before, w.files()) {
		t.Errorf("a second export: %+v", again)
	}

	w.clock = w.clock.Add(w.grace + time.Hour)
	w.round(changed(spread().Transactions[1], func(t *schema.Transaction) { t.AmountMinor = -4 }))
	w.exportAgain()
	for name := range w.files() {
		if strings.Contains(name, "_month=") || strings.Contains(name, "observed_date=") ||
			strings.Contains(name, earlier.ExportID) {
			t.Errorf("%s outlived its grace", name)
		}
	}
}
