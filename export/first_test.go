package export

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/rules"
)

// firstRound is a round of a world's first rows, or two, which is run once for all tests that begin with it, and so is
// the first export of its file.
type firstRound struct {
	after     *firstRound // the round that it follows, if any
	rows      func() schema.Landed
	then      func() schema.Landed // what a second round lands, if any
	says      *rules.Set           // what the user's own files say to it
	codec     string               // of the files of its lakes
	published sync.Once
	file      []byte
	ended     time.Time
	exports   sync.Once
	lakes     string // a directory with the lake of that export
	report    Report
}

var (
	ofSpread      = &firstRound{rows: spread}
	ofMove        = &firstRound{after: ofSpread, rows: moved} // from one month to another
	ofAdversaries = &firstRound{rows: adversaries}
)

// world is one in which that round has published.
func (f *firstRound) world(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.codec = f.codec
	f.publishIn(w)
	return w
}

// publishIn has that round published in a world, be it in the place of another.
func (f *firstRound) publishIn(w *world) {
	w.t.Helper()
	f.published.Do(func() {
		w := newWorld(w.t)
		if f.after != nil {
			f.after.publishIn(w)
		}
		w.says = f.says
		w.round(f.rows())
		if f.then != nil {
			w.round(f.then())
		}
		f.file, f.ended = w.published(), w.clock
	})
	w.clock = f.ended
	w.publish(f.file)
}

// exported is a world in which that round was exported too, and what the export reported.
func (f *firstRound) exported(t testing.TB) (*world, Report) {
	t.Helper()
	f.exports.Do(func() {
		w := f.world(t)
		report := w.export()
		lakes, err := os.MkdirTemp("", "lakes-*")
		if err != nil {
			t.Fatal(err)
		}
		f.lakes = lakes
		copyLake(t, w.layout.Lake(), f.copied())
		f.report = report
	})
	if f.report.ExportID == "" {
		t.Fatal("the first export failed in another test")
	}
	w := f.world(t)
	copyLake(t, f.copied(), w.layout.Lake())
	return w, f.report
}

func (f *firstRound) copied() string { return filepath.Join(f.lakes, "lake") }

// remove removes the lake that was kept for other tests.
func (f *firstRound) remove() error { return os.RemoveAll(f.lakes) }

// copyLake copies a lake with its links and times.
func copyLake(t testing.TB, from, to string) {
	t.Helper()
	if said, err := exec.CommandContext(t.Context(), "cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatal(err, string(said))
	}
}
