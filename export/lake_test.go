package export

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
)

// spread lands one transaction in each of four months.
func spread() schema.Landed {
	landed := schema.Landed{Accounts: []schema.Account{account("fca_1")}}
	for month := 2; month <= 5; month++ {
		landed.Transactions = append(landed.Transactions, transaction(fmt.Sprintf("fctxn_%d", month), int64(-month), day(month, 10)))
	}
	return landed
}

// changed is a later version of a row.
func changed(t schema.Transaction, change func(*schema.Transaction)) schema.Landed {
	t.UpdatedAt = t.UpdatedAt.AddDate(0, 6, 0)
	change(&t)
	return schema.Landed{Accounts: []schema.Account{account("fca_1")}, Transactions: []schema.Transaction{t}}
}

func TestNothingNewChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.round(adversaries())
	first := w.export()
	if first.Unchanged || first.FilesWritten == 0 || first.Rows == 0 || first.Bytes == 0 {
		t.Errorf("first export: %+v", first)
	}
	before := w.files()
	w.clock = w.clock.AddDate(1, 0, 0) // time alone changes nothing
	again := w.export()
	if !again.Unchanged || again.FilesWritten != 0 || again.ExportID != first.ExportID || again.FilesKept != first.FilesWritten {
		t.Errorf("second export: %+v", again)
	}
	if after := w.files(); !maps.Equal(before, after) {
		t.Errorf("files changed: %v\n%v", before, after)
	}
}

func TestSameDataSameBytes(t *testing.T) {
	t.Parallel()
	lake := func() map[string]string {
		w := newWorld(t)
		w.round(adversaries())
		w.round(changed(adversaries().Transactions[0], func(t *schema.Transaction) { t.Description = "other" }))
		w.export()
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
	one, two := lake(), lake()
	if !maps.Equal(one, two) {
		t.Errorf("two lakes of the same data differ: %v, %v", slices.Sorted(maps.Keys(one)), slices.Sorted(maps.Keys(two)))
	}
}

func TestOnlyTouchedPartitionsAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.round(spread())
	w.export()
	if got := w.live("transactions"); got != "2026-02:1 2026-03:1 2026-04:1 2026-05:1" {
		t.Fatal(got)
	}
	march := filepath.Join(w.layout.Lake(), "data", "transactions", "transacted_month=2026-03")
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

	// voided: the month is written again, the row stays
	w.round(changed(spread().Transactions[0], func(t *schema.Transaction) { t.Status, t.VoidAt = "void", new(day(6, 1)) }))
	w.export()
	if got := w.live("transactions"); got != "2026-02:1 2026-03:1 2026-04:1 2026-05:1" || !kept() {
		t.Errorf("after a void: %s, March kept: %v", got, kept())
	}
	// moved from April to May: both are written, April is empty and gone
	w.round(changed(spread().Transactions[2], func(t *schema.Transaction) { t.TransactedAt = day(5, 2) }))
	report := w.export()
	if got := w.live("transactions"); got != "2026-02:1 2026-03:1 2026-05:2" || !kept() {
		t.Errorf("after a move: %s, March kept: %v", got, kept())
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
	w := newWorld(t)
	w.round(spread())
	w.round(changed(spread().Transactions[0], func(t *schema.Transaction) { t.AmountMinor = -3 }))
	w.export() // two runs at once
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
	w.codec = "snappy" // state is written anew; loaders must not see feed files again
	w.round(changed(spread().Transactions[1], func(t *schema.Transaction) { t.AmountMinor = -4 }))
	// an older answer comes late: kept as a version, never current, not in the feed
	w.round(schema.Landed{Accounts: []schema.Account{account("fca_1")}, Transactions: []schema.Transaction{
		changed(spread().Transactions[1], func(t *schema.Transaction) { t.AmountMinor, t.UpdatedAt = -5, t.UpdatedAt.Add(-time.Hour) }).Transactions[0],
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
	t.Parallel()
	w := newWorld(t)
	w.round(spread())
	w.export()
	w.round(changed(spread().Transactions[0], func(t *schema.Transaction) { t.AmountMinor = -3 }))
	w.round(changed(spread().Transactions[1], func(t *schema.Transaction) { t.Status = "void" }))
	w.export()
	database := w.oracle()
	defer database.Close()
	feed := fmt.Sprintf("(SELECT * FROM read_parquet('%s/current/changes/transactions/**/*.parquet', hive_partitioning = false) QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY _observed_at DESC) = 1)", w.layout.Lake())
	w.want(database, "SELECT count(*) FROM (SELECT * FROM main.transactions EXCEPT ALL SELECT * EXCLUDE (observed_date, _op, _run_id, _observed_at) FROM "+feed+")", "0")
	w.want(database, "SELECT count(*) FROM "+feed, "4")
}

func TestFilesStayThroughTheirGrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.round(spread())
	w.export()
	count := func(prefix string) (files int) {
		for name := range w.files() {
			if strings.HasPrefix(name, prefix) && (strings.HasSuffix(name, ".parquet") || strings.HasSuffix(name, ".json")) {
				files++
			}
		}
		return files
	}
	touch := func(amount int64) Report {
		w.round(changed(spread().Transactions[0], func(t *schema.Transaction) {
			t.AmountMinor, t.UpdatedAt = amount, t.UpdatedAt.Add(time.Duration(-amount)*time.Hour)
		}))
		return w.export()
	}
	touch(-10)
	if got := count("data/transactions/transacted_month=2026-02"); got != 2 {
		t.Errorf("%d files of February within the grace", got)
	}
	w.clock = w.clock.Add(w.grace + time.Hour)
	report := touch(-20)
	if got := count("data/transactions/transacted_month=2026-02"); got != 2 || report.FilesRetired == 0 {
		t.Errorf("%d files of February: the first should have gone, the second stays; %+v", got, report)
	}
	if got := count("manifests"); got != 2 {
		t.Errorf("%d manifests", got)
	}
	w.grace = 0
	touch(-30)
	if got := count("data/transactions/transacted_month=2026-02"); got != 1 {
		t.Errorf("%d files of February without a grace", got)
	}
	if got := count("manifests"); got != 1 {
		t.Errorf("%d manifests without a grace", got)
	}
}

func TestKilledAnywhereTheOldLakeStandsAndTheNextRunRecovers(t *testing.T) {
	t.Parallel()
	origin := newWorld(t)
	origin.round(spread())
	before := origin.published()
	origin.round(changed(spread().Transactions[2], func(t *schema.Transaction) { t.TransactedAt = day(5, 2) }))
	after := origin.published()
	for kill, finished := 1, false; !finished; kill++ {
		w := &world{t: t, layout: schema.Layout{Dir: t.TempDir()}, clock: origin.clock}
		w.publish(before)
		first, err := w.try()
		if err != nil {
			t.Fatal(err)
		}
		w.publish(after)
		finished = w.killAt(kill, first.ExportID)
	}
}

var errKilled = errors.New("killed")

// killAt stops an export at its nth point, looks at what a reader would find, and runs
// again. It reports true when the export has no such point.
func (w *world) killAt(n int, first string) bool {
	w.t.Helper()
	var points []string
	w.hook = onceAt(n, &points, errKilled)
	if _, err := w.try(); err == nil {
		if n < 12 {
			w.t.Errorf("only %d points: %v", n-1, points)
		}
		return true
	} else if !errors.Is(err, errKilled) {
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
	for _, file := range manifest.Files {
		if size, sum, err := contentOf(filepath.Join(w.layout.Lake(), file.Path)); err != nil || size != file.Bytes || sum != file.SHA256 {
			w.t.Errorf("after %s: %s: %d %v", points[n-1], file.Path, size, err)
		}
	}
	w.export()
	w.wantTidy()
	return false
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
	if err := os.WriteFile(w.layout.Database(), content, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// onceAt returns a hook that fails at its nth point and at every later one: nothing is done after a kill.
func onceAt(n int, points *[]string, failure error) func(string) error {
	turn := make(chan struct{}, 1)
	return func(point string) error {
		turn <- struct{}{}
		defer func() { <-turn }()
		*points = append(*points, point)
		if len(*points) >= n {
			return failure
		}
		return nil
	}
}

// wantTidy fails when the lake has anything but what its manifest accounts for.
func (w *world) wantTidy() {
	w.t.Helper()
	for name := range w.files() {
		top, _, _ := strings.Cut(name, string(filepath.Separator))
		if !slices.Contains([]string{".", "data", "manifests", "views", latestName, currentName}, top) || strings.HasSuffix(name, ".tmp") || strings.HasSuffix(name, ".building") {
			w.t.Errorf("left over: %s", name)
		}
	}
}

func TestDamageIsNoticedAndRepaired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.round(spread())
	w.export()
	in := func(name string) string { return filepath.Join(w.layout.Lake(), name) }
	for _, damage := range []struct {
		what string
		do   func() error
	}{
		{"pointer gone", func() error { return os.Remove(in(latestName)) }},
		{"pointer damaged", func() error { return os.WriteFile(in(latestName), []byte("{"), 0o600) }},
		{"manifests gone", func() error { return os.RemoveAll(in(manifestDirectory)) }},
		{"current elsewhere", func() error { return errors.Join(os.Remove(in(currentName)), os.Symlink("data", in(currentName))) }},
		{"a file gone", func() error { return os.Remove(in(w.anyFile())) }},
		{"a file truncated", func() error { return os.Truncate(in(w.anyFile()), 100) }},
		{"a stray file", func() error {
			return os.WriteFile(in("data/transactions/part-0123456789abcdef0123456789abcdef.parquet"), nil, 0o600)
		}},
	} {
		if err := damage.do(); err != nil {
			t.Fatal(err)
		}
		if len(w.problems()) == 0 {
			t.Errorf("%s: not noticed", damage.what)
		}
		if report := w.export(); strings.HasSuffix(damage.what, "damaged") != (report.Rebuilt == "latest.json is damaged") {
			t.Errorf("%s: %+v", damage.what, report)
		}
	}
	if err := os.Remove(in(currentName)); err != nil { // no fault: file systems without hard links have none
		t.Fatal(err)
	}
	if report := w.export(); !report.Unchanged {
		t.Errorf("%+v", report)
	}
	if _, err := os.Stat(in(currentName + "/transactions")); err != nil {
		t.Error(err)
	}
}

func TestVerifyFindsOneWrongBit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.round(spread())
	w.export()
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
	reader := w.reader()
	defer reader.Close()
	problems, err := Verify(w.t.Context(), reader, w.layout.Lake(), true)
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
	w := newWorld(t)
	w.round(spread())
	w.export()
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
	w := newWorld(t)
	w.round(spread())
	first := w.export()
	w.round(changed(spread().Transactions[0], func(t *schema.Transaction) { t.AmountMinor = -7 }))
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
	if report := w.export(); !report.Unchanged {
		t.Errorf("%+v", report)
	}
}

func TestCancelledExportLeavesTheOldLake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.round(spread())
	first := w.export()
	w.round(changed(spread().Transactions[0], func(t *schema.Transaction) { t.AmountMinor = -7 }))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reader := w.reader()
	defer reader.Close()
	options := w.options()
	options.Hook = func(string) error { cancel(); return nil }
	if _, err := Run(ctx, reader, options); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	manifest, _, err := readLatest(w.layout.Lake())
	if err != nil || manifest.ExportID != first.ExportID {
		t.Errorf("%+v %v", manifest, err)
	}
	w.export()
}

func TestOlderFileBackInPlaceIsFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.round(spread())
	older := w.published()
	w.export()
	w.round(changed(spread().Transactions[2], func(t *schema.Transaction) { t.TransactedAt = day(5, 2) }))
	w.export()
	w.publish(older)
	w.export()
	if got := w.live("transactions"); got != "2026-02:1 2026-03:1 2026-04:1 2026-05:1" {
		t.Error(got)
	}
	if got := strings.Count(w.live("changes/transactions"), ":"); got != 1 {
		t.Errorf("feed: %s", w.live("changes/transactions"))
	}
}
