package round_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/storetest"
	"fcpipe/sync/simulator"
)

// TestDamagedSegmentTakesTheLaterOnesWithIt: the rows of one account lie in two segments of
// a run that was killed, and the first is damaged, in its header or in its data.
func TestDamagedSegmentTakesTheLaterOnesWithIt(t *testing.T) {
	for name, offset := range map[string]func(size int) int{
		"header": func(int) int { return 4096 }, "data": func(size int) int { return size / 3 },
	} {
		t.Run(name, func(t *testing.T) {
			if name == "header" { // of which TestBlocksTellDamage tells too
				storetest.ForProof(t)
			}
			t.Parallel()
			w := newStoredWorld(t, simulator.Config{
				Seed: 4, Accounts: 1, Holders: 1, RowsPerAccount: 3000, Linked: true,
				Calm: true,
			})
			w.landInTwoSegments()
			segments, err := filepath.Glob(filepath.Join(w.store.Layout().Landing(), "*.duckdb"))
			w.must(err)
			content, err := os.ReadFile(segments[0])
			w.must(err)
			for i := range 8192 {
				content[offset(len(content))+i] ^= 0xff
			}
			w.must(os.WriteFile(segments[0], content, 0o600))
			report, _, err := w.round()
			w.must(err)
			if !report.Complete {
				t.Error("not complete")
			}
			w.wantTruth()
		})
	}
}

// TestFileBroughtBackLosesNothingThatLandedOnALaterOne: a round that was killed before its merge
// listed what came after the newest cursor; then an earlier file is brought back. With -proof there is no file at all
// the day after; TestLostFileIsLoadedWhole has that without rows that landed.
func TestFileBroughtBackLosesNothingThatLandedOnALaterOne(t *testing.T) {
	t.Parallel()
	w := newStoredWorld(t, simulator.Config{Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 20, Linked: true})
	_, _, err := w.round()
	w.must(err)
	path := w.store.Layout().Database()
	backup, err := os.ReadFile(path)
	w.must(err)
	w.server.Advance(25 * time.Hour)
	_, _, err = w.round()
	w.must(err)
	before := w.value("SELECT count(*) FROM main.transactions")
	for _, back := range []bool{true, false} {
		if !back && !*proof {
			break
		}
		w.server.Advance(25 * time.Hour)
		w.landInTwoSegments()
		w.must(os.Remove(path))
		if back {
			w.must(os.WriteFile(path, backup, 0o600))
			if n := w.value("SELECT count(*) FROM main.transactions"); n == before {
				t.Fatalf("the backup lacks none of %d rows", n)
			}
		}
		report, _, err := w.round()
		w.must(err)
		if !report.Complete {
			t.Errorf("%+v", report.Accounts)
		}
		w.wantTruth()
	}
}

// TestLostFileIsLoadedWhole: the journal knows of rounds that were complete, in a file that was removed.
func TestLostFileIsLoadedWhole(t *testing.T) {
	t.Parallel()
	w := newStoredWorld(t, simulator.Config{
		Seed: 4, Accounts: 3, Holders: 2, HistoryDays: 20, Linked: true,
		Calm: true,
	})
	for range 2 {
		w.server.Advance(time.Hour)
		_, _, err := w.round()
		w.must(err)
	}
	w.must(os.Remove(w.store.Layout().Database()))
	w.must(os.RemoveAll(w.store.Layout().Previous()))
	w.must(os.Mkdir(w.store.Layout().Previous(), 0o700))
	report, _, err := w.round()
	w.must(err)
	if len(report.Seen) != 3 || !report.Complete {
		t.Errorf("of 3 accounts %v were seen, complete %v", report.Seen, report.Complete)
	}
	w.wantTruth()
}

// landInTwoSegments runs a round that dies before its merge, when the rows of its accounts lie in two segments.
func (w *storedWorld) landInTwoSegments() {
	ctx := w.t.Context()
	state, landed := w.begin()
	pages := 0
	w.between = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			if pages++; pages == 20 {
				w.must(landed.Seal(ctx)) // what 30 s or 122,880 rows do
			}
		}
	}
	_, err := w.syncer().Run(ctx, "run", state, w.store.Journal(), landed)
	w.between = nil
	w.must(err)
	w.must(landed.Seal(ctx))
	w.must(landed.Close())
}
