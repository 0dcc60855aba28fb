package export

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// spread lands one transaction in each of four months.
func spread() schema.Landed {
	landed := schema.Landed{Accounts: []schema.Account{account("fca_1")}}
	for month := 2; month <= 5; month++ {
		landed.Transactions = append(landed.Transactions,
			transaction(fmt.Sprintf("fctxn_%d", month), int64(-month), day(month, 10)))
	}
	return landed
}

// moved is the row of April, which was of May.
func moved() schema.Landed {
	return changed(spread().Transactions[2], func(t *schema.Transaction) { t.TransactedAt = day(5, 2) })
}

// changed is a later version of a row.
func changed(t schema.Transaction, change func(*schema.Transaction)) schema.Landed {
	t.UpdatedAt = t.UpdatedAt.AddDate(0, 0, 1)
	change(&t)
	return schema.Landed{Accounts: []schema.Account{account("fca_1")}, Transactions: []schema.Transaction{t}}
}

func TestNothingNewChangesNothing(t *testing.T) {
	t.Parallel()
	w, first := ofAdversaries.exported(t)
	if first.Unchanged || first.FilesWritten == 0 || first.Rows == 0 || first.Bytes == 0 {
		t.Errorf("first export: %+v", first)
	}
	before := w.files()
	w.clock = w.clock.AddDate(1, 0, 0) // time alone changes nothing
	again := w.exportAgain()
	if !again.Unchanged || again.FilesWritten != 0 || again.ExportID != first.ExportID ||
		again.FilesKept != first.FilesWritten {
		t.Errorf("second export: %+v", again)
	}
	if after := w.files(); !maps.Equal(before, after) {
		t.Errorf("files changed: %v\n%v", before, after)
	}
}

func TestSameDataSameBytes(t *testing.T) {
	t.Parallel()
	lake := func(w *world) map[string]string {
		w.round(changed(adversaries().Transactions[0], func(t *schema.Transaction) { t.Description = "other" }))
		w.exportAgain()
		contents := map[string]string{}
		for name := range w.files() {
			path := filepath.Join(w.layout.Lake(), name)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				content, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				contents[name] = string(content)
			}
		}
		return contents
	}
	other := newWorld(t) // each makes its own file
	other.round(adversaries())
	one, two := lake(ofAdversaries.world(t)), lake(other)
	if !maps.Equal(one, two) {
		t.Errorf("two lakes of the same data differ: %v, %v", slices.Sorted(maps.Keys(one)),
			slices.Sorted(maps.Keys(two)))
	}
}

func TestOnlyTouchedPartitionsAreWritten(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	if got := w.live("transactions"); got != "2026-02:1 2026-03:1 2026-04:1 2026-05:1" {
		t.Fatal(got)
	}
	march := filepath.Join(w.layout.Lake(), "data", "transactions", "month=2026-03")
	before := w.files()
	kept := func() bool {
		after, ok := w.files(), true
		for name, state := range before {
			if strings.HasPrefix(filepath.Join(w.layout.Lake(), name), march+"/") && after[name] != state {
				ok = false
			}
		}
		return ok
	}

	// moved from April to May: both are written, April is empty and gone
	ofMove.publishIn(w)
	w.exportAgain()
	if got := w.live("transactions"); got != "2026-02:1 2026-03:1 2026-05:2" || !kept() {
		t.Errorf("after a move: %s, March kept: %v", got, kept())
	}
	// voided: the month is written again, the row stays
	w.round(changed(spread().Transactions[0], func(t *schema.Transaction) {
		t.Status, t.VoidAt = "void", new(day(6, 1))
	}))
	report := w.export()
	if got := w.live("transactions"); got != "2026-02:1 2026-03:1 2026-05:2" || !kept() {
		t.Errorf("after a void: %s, March kept: %v", got, kept())
	}
	if report.FilesKept < 3 { // February, March, and feed files of the rounds before
		t.Errorf("%+v", report)
	}
	if got := strings.Count(w.live("changes/transactions"), ":"); got != 3 {
		t.Errorf("%d feed files after three rounds: %s", got, w.live("changes/transactions"))
	}
}

func TestFeedHoldsEveryRunOnce(t *testing.T) {
	t.Parallel()
	w := ofMove.world(t)
	w.exportAgain() // two runs at once
	feed := func() map[string]string {
		found := map[string]string{}
		for name, state := range w.files() {
			if strings.HasPrefix(name, "data/changes/") && strings.HasSuffix(name, ".parquet") {
				found[name] = state
			}
		}
		return found
	}
	first := feed()
	if len(first) != 2 {
		t.Fatalf("feed: %v", first)
	}
	w.codec = "snappy" // state is written again; loaders must not see feed files again
	w.round(changed(spread().Transactions[1], func(t *schema.Transaction) { t.AmountMinor = -4 }))
	// an older answer comes late: kept as a version, never current, not in the feed
	w.round(schema.Landed{Accounts: []schema.Account{account("fca_1")}, Transactions: []schema.Transaction{
		changed(spread().Transactions[1], func(t *schema.Transaction) {
			t.AmountMinor, t.UpdatedAt = -5, t.UpdatedAt.Add(-time.Hour)
		}).Transactions[0],
	}})
	w.export()
	for name, state := range first {
		if feed()[name] != state {
			t.Errorf("%s was written again", name)
		}
	}
	if got := feed(); len(got) != 3 {
		t.Errorf("feed: %v", got)
	}
}

func TestFeedRebuildsTheState(t *testing.T) {
	storetest.ForProof(t)
	t.Parallel()
	w, _ := ofSpread.exported(t)
	w.round(changed(spread().Transactions[0], func(t *schema.Transaction) { t.AmountMinor = -3 }))
	w.round(changed(spread().Transactions[1], func(t *schema.Transaction) { t.Status = "void" }))
	w.export()
	database := w.oracle()
	defer database.Close()
	feed := fmt.Sprintf(`(
		SELECT * FROM read_parquet('%s/current/changes/transactions/**/*.parquet', hive_partitioning = false)
		QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY _observed_at DESC) = 1)`, w.layout.Lake())
	w.want(database, `SELECT count(*) FROM (SELECT * FROM main.transactions
		EXCEPT ALL SELECT * EXCLUDE (observed_date, _op, _run_id, _observed_at) FROM `+feed+")", "0")
	w.want(database, "SELECT count(*) FROM "+feed, "4")
}

func TestFilesStayThroughTheirGrace(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	count := func(prefix string) (files int) {
		for name := range w.files() {
			isFile := strings.HasSuffix(name, ".parquet") || strings.HasSuffix(name, ".json")
			if strings.HasPrefix(name, prefix) && isFile {
				files++
			}
		}
		return files
	}
	touch := func(amount int64) Report {
		w.round(changed(spread().Transactions[0], func(t *schema.Transaction) {
			t.AmountMinor, t.UpdatedAt = amount, t.UpdatedAt.Add(time.Duration(-amount)*time.Hour)
		}))
		return w.exportAgain()
	}
	touch(-10)
	if got := count("data/transactions/month=2026-02"); got != 2 {
		t.Errorf("%d files of February within the grace", got)
	}
	w.clock = w.clock.Add(w.grace + time.Hour)
	report := touch(-20)
	if got := count("data/transactions/month=2026-02"); got != 2 || report.FilesRetired == 0 {
		t.Errorf("%d files of February: the first should have gone, the second stays; %+v", got, report)
	}
	if got := count("manifests"); got != 2 {
		t.Errorf("%d manifests", got)
	}
	w.grace = 0
	touch(-30)
	if got := count("data/transactions/month=2026-02"); got != 1 {
		t.Errorf("%d files of February without a grace", got)
	}
	if got := count("manifests"); got != 1 {
		t.Errorf("%d manifests without a grace", got)
	}
	w.wantWhole()
}
