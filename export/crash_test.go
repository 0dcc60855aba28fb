package export

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
)

// TestKilledAnywhereTheOldLakeStandsAndTheNextRunRecovers kills at every point, but at every fourth one of single
// files only, unless -proof is given.
func TestKilledAnywhereTheOldLakeStandsAndTheNextRunRecovers(t *testing.T) {
	t.Parallel()
	origin, first := ofSpread.exported(t)
	ofMove.publishIn(origin)
	points := origin.copied().points()
	if len(points) < 10 {
		t.Errorf("only %d points: %v", len(points), points)
	}
	for i, point := range points {
		if *proof || i%8 == 0 || !strings.HasPrefix(point, "file.") {
			origin.copied().killAt(i+1, first.ExportID)
		}
	}
}

// copied is another world with the same files, links among them.
func (w *world) copied() *world {
	w.t.Helper()
	other := &world{t: w.t, layout: schema.Layout{Dir: filepath.Join(w.t.TempDir(), "data")}, clock: w.clock}
	copied := exec.CommandContext(w.t.Context(), "cp", "-a", w.layout.Dir, other.layout.Dir)
	if said, err := copied.CombinedOutput(); err != nil {
		w.t.Fatal(err, string(said))
	}
	return other
}

// points are those that an export which is not killed passes, in their order.
func (w *world) points() (points []string) {
	w.t.Helper()
	w.hook = onceAt(math.MaxInt, &points, nil)
	w.exportAgain()
	return points
}

var errKilled = errors.New("killed")

// killAt stops an export at its nth point, looks at what a reader would find, and runs again.
func (w *world) killAt(n int, first string) {
	w.t.Helper()
	var points []string
	ctx, kill := context.WithCancelCause(w.t.Context())
	defer kill(nil)
	w.hook = onceAt(n, &points, func() { kill(errKilled) })
	if _, err := w.tryWith(ctx); !errors.Is(err, errKilled) && !errors.Is(err, context.Canceled) {
		w.t.Fatal(err)
	}
	w.hook = nil
	manifest, damage, err := readLatest(w.layout.Lake())
	if err != nil || damage != "" {
		w.t.Fatalf("after %s: %s %v", points[n-1], damage, err)
	}
	if pointed := slices.Contains(points, "pointer.written"); (manifest.ExportID == first) == pointed {
		w.t.Errorf("after %s the pointer names %s", points[n-1], manifest.ExportID)
	}
	manifests := 1
	if slices.Contains(points, "manifest.written") && points[n-1] != "retired" {
		manifests = 2
	}
	if found := w.manifests(); len(found) != manifests {
		w.t.Errorf("after %s there are the manifests %v, want %d", points[n-1], found, manifests)
	}
	for _, file := range manifest.Files {
		size, sum, err := contentOf(filepath.Join(w.layout.Lake(), file.Path))
		if err != nil || size != file.Bytes || sum != file.SHA256 {
			w.t.Errorf("after %s: %s: %d %v", points[n-1], file.Path, size, err)
		}
	}
	for _, problem := range w.found(false) {
		if !problem.Behind {
			w.t.Errorf("after %s: verify calls %s broken", points[n-1], problem)
		}
	}
	w.exported()
	w.wantWhole()
	w.wantTidy()
}

func (w *world) manifests() []string {
	w.t.Helper()
	found, err := filepath.Glob(filepath.Join(w.layout.Lake(), manifestDirectory, "*.json"))
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// published is the content of the published file.
func (w *world) published() []byte {
	w.t.Helper()
	content, err := os.ReadFile(w.layout.Database())
	if err != nil {
		w.t.Fatal(err)
	}
	return content
}

func (w *world) publish(content []byte) {
	w.t.Helper()
	w.release()
	if err := os.WriteFile(w.layout.Database(), content, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// onceAt returns a hook that kills at its nth point; an export does nothing after a kill.
func onceAt(n int, points *[]string, kill func()) func(string) {
	turn := make(chan struct{}, 1)
	return func(point string) {
		turn <- struct{}{}
		defer func() { <-turn }()
		*points = append(*points, point)
		if len(*points) >= n {
			kill()
		}
	}
}

// wantTidy fails when the lake has anything but what its manifest accounts for.
func (w *world) wantTidy() {
	w.t.Helper()
	for name := range w.files() {
		top, _, _ := strings.Cut(name, string(filepath.Separator))
		if !slices.Contains([]string{".", "data", "manifests", "views", latestName, currentName}, top) ||
			strings.HasSuffix(name, ".tmp") || strings.HasSuffix(name, ".building") {
			w.t.Errorf("left over: %s", name)
		}
	}
}

func TestDamageIsNoticedAndRepaired(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	in := func(name string) string { return filepath.Join(w.layout.Lake(), name) }
	for _, damage := range []struct {
		what string
		do   func() error
	}{
		{"pointer gone", func() error { return os.Remove(in(latestName)) }},
		{"pointer damaged", func() error { return os.WriteFile(in(latestName), []byte("{"), 0o600) }},
		{"manifests gone", func() error { return os.RemoveAll(in(manifestDirectory)) }},
		{"current elsewhere", func() error {
			return errors.Join(os.Remove(in(currentName)), os.Symlink("data", in(currentName)))
		}},
		{"current lacks a file", func() error {
			return os.Remove(in(currentName + strings.TrimPrefix(w.anyFile(), dataDirectory)))
		}},
		{"a file gone", func() error { return os.Remove(in(w.anyFile())) }},
		{"a file truncated", func() error { return os.Truncate(in(w.anyFile()), 100) }},
		{"a stray file", func() error {
			return os.WriteFile(in("data/transactions/part-0123456789abcdef0123456789abcdef.parquet"), nil, 0o600)
		}},
	} {
		if err := damage.do(); err != nil {
			t.Fatal(err)
		}
		if problems := w.problems(); len(problems) == 0 ||
			problems[0].Behind != (damage.what == "pointer gone" || damage.what == "a stray file") {
			t.Errorf("%s: noticed as %v", damage.what, problems)
		}
		report, isDamaged := w.exported(), strings.HasSuffix(damage.what, "damaged")
		if isDamaged != (report.Rebuilt == "latest.json is damaged") {
			t.Errorf("%s: %+v", damage.what, report)
		}
	}
	if err := os.Remove(in(currentName)); err != nil { // no fault: file systems without hard links have none
		t.Fatal(err)
	}
	if report := w.exported(); !report.Unchanged {
		t.Errorf("%+v", report)
	}
	w.wantWhole()
	if _, err := os.Stat(in(currentName + "/transactions")); err != nil {
		t.Error(err)
	}
}

func TestLakeIsWrittenAgainWhereItsManifestIsDamaged(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	manifest := w.manifests()[0]
	content, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(manifest, append(content, ' '), 0o600); err != nil {
		t.Fatal(err)
	}
	if report := w.exportAgain(); !strings.HasSuffix(report.Rebuilt, "is damaged") || report.FilesWritten == 0 {
		t.Errorf("%+v", report)
	}
}

func TestVerifyFindsOneWrongBit(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	path := filepath.Join(w.layout.Lake(), w.anyFile())
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if problems := w.problems(); len(problems) != 1 || !strings.Contains(problems[0].What, "SHA-256") {
		t.Errorf("%v", problems)
	}
}

func (w *world) problems() []Problem {
	w.t.Helper()
	return w.found(true)
}

func (w *world) found(deep bool) []Problem {
	w.t.Helper()
	reader := w.reader()
	problems, err := Verify(w.t.Context(), reader, w.layout.Lake(), w.privacy, deep)
	if err != nil {
		w.t.Fatal(err)
	}
	return problems
}

func (w *world) anyFile() string {
	manifest, _, err := readLatest(w.layout.Lake())
	if err != nil || manifest == nil {
		w.t.Fatal(err)
	}
	return manifest.Files[0].Path
}

func TestFilesAreForTheOperatorOnly(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	for name := range w.files() {
		info, err := os.Lstat(filepath.Join(w.layout.Lake(), name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode()&os.ModeSymlink == 0 && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestWithoutHardLinksThereIsALakeButNoView(t *testing.T) {
	t.Parallel()
	w, first := ofSpread.exported(t)
	ofMove.publishIn(w)
	// nothing can be made below views: a stand-in for a file system that refuses links
	views := filepath.Join(w.layout.Lake(), viewDirectory)
	if err := errors.Join(os.RemoveAll(views), os.WriteFile(views, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	report, err := w.try()
	if err != nil || report.View == "" || report.ExportID == first.ExportID {
		t.Errorf("%+v %v", report, err)
	}
	if _, err := os.Lstat(filepath.Join(w.layout.Lake(), currentName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an old view is shown: %v", err)
	}
	if problems := w.problems(); len(problems) != 0 {
		t.Errorf("%v", problems)
	}
	if report := w.exportAgain(); !report.Unchanged {
		t.Errorf("%+v", report)
	}
}

func TestCancelledExportLeavesTheOldLake(t *testing.T) {
	t.Parallel()
	w, first := ofSpread.exported(t)
	w.codec = "snappy" // so that there is much to write
	ofMove.publishIn(w)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reader := w.reader()
	options := w.options()
	options.Hook = func(string) { cancel() }
	if _, err := Run(ctx, reader, options); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	manifest, _, err := readLatest(w.layout.Lake())
	if err != nil || manifest.ExportID != first.ExportID {
		t.Errorf("%+v %v", manifest, err)
	}
	w.exported()
	w.wantWhole()
}

func TestOlderFileBackInPlaceIsFollowed(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	older := w.published()
	ofMove.publishIn(w)
	w.exportAgain()
	w.publish(older)
	w.exported()
	w.wantWhole()
	if got := w.live("transactions"); got != "2026-02:1 2026-03:1 2026-04:1 2026-05:1" {
		t.Error(got)
	}
	if got := strings.Count(w.live("changes/transactions"), ":"); got != 1 {
		t.Errorf("feed: %s", w.live("changes/transactions"))
	}
}

func TestAManifestThatWasNeverWholeIsRemoved(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	half := filepath.Join(w.layout.Lake(), manifestDirectory, "0123456789abcdef.json.tmp")
	if err := os.WriteFile(half, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	ofMove.publishIn(w)
	w.exportAgain()
	w.wantTidy()
}
