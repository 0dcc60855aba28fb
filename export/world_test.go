package export

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/journal"
	"fcpipe/schema/reader"
	"fcpipe/schema/rules"
	"fcpipe/schema/store"
)

// world is a data directory with a clock the test moves.
type world struct {
	t      testing.TB
	store  *store.Store
	layout schema.Layout
	clock  time.Time
	grace  time.Duration
	codec  string
	hook   func(string)
	keeps  schema.Retention
	says   *rules.Set

	privacy Privacy
	full    bool

	opened reader.Kept
	closes bool // opened, when the test ends
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{
		t: t, layout: schema.Layout{Dir: t.TempDir()},
		clock: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), grace: 168 * time.Hour,
	}
	store, err := store.Open(t.Context(), store.Options{
		Layout: w.layout, Settings: settings, ProgramVersion: "test", Now: func() time.Time { return w.clock },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.store = store
	return w
}

var settings = duck.Settings{Threads: 1, MemoryLimit: 512 << 20}

// round lands rows and publishes them an hour later.
func (w *world) round(rows ...schema.Landed) {
	w.t.Helper()
	w.release()
	w.clock = w.clock.Add(time.Hour)
	ctx := w.t.Context()
	landing, err := w.store.Landing(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, landed := range rows {
		if err := landing.Land(ctx, landed); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := landing.Seal(ctx); err != nil {
		w.t.Fatal(err)
	}
	record := journal.RunRecord{
		RunID: fmt.Sprintf("run-%d", w.clock.Unix()), StartedAt: w.clock, Outcome: "complete", ProgramVersion: "test",
	}
	next, _, err := w.store.Merge(ctx, landing, store.MergeRun{
		Run: journal.FinishedRun{RunRecord: record}, ReportZone: "America/New_York", Retention: w.keeps,
		UserFiles: w.says,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if next == nil {
		return
	}
	// only the first file is derived: it costs most, and a lake shows what the file has
	if _, err := os.Stat(w.layout.Database()); err != nil {
		if err := next.Derive(ctx); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := next.Publish(ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) options() Options {
	return Options{
		Dir: w.layout.Lake(), Compression: w.codec, Grace: w.grace, Now: func() time.Time { return w.clock },
		ProgramVersion: "test", Hook: w.hook, Privacy: w.privacy, Full: w.full,
	}
}

// reader has the published file open, until release: to open it costs as much as most that is asked of it.
func (w *world) reader() *reader.Reader {
	w.t.Helper()
	if !w.closes {
		w.closes = true
		w.t.Cleanup(w.release)
	}
	w.opened.Stay()
	reader, _, err := w.opened.Open(w.t.Context(), w.layout, settings)
	if err != nil {
		w.t.Fatal(err)
	}
	return reader
}

// release closes the published file before it is replaced or changed.
func (w *world) release() {
	w.t.Helper()
	if err := w.opened.Close(); err != nil {
		w.t.Error(err)
	}
}

// try exports, which may fail.
func (w *world) try() (Report, error) { return w.tryWith(w.t.Context()) }

func (w *world) tryWith(ctx context.Context) (Report, error) {
	w.t.Helper()
	return Run(ctx, w.reader(), w.options())
}

// export exports and compares every dataset of the lake with its table: by us, and by DuckDB's own reader.
func (w *world) export() Report {
	w.t.Helper()
	report := w.exported()
	w.wantWhole()
	w.compareByDuckDB()
	return report
}

// wantWhole fails unless every row of the lake is one of its table.
func (w *world) wantWhole() {
	w.t.Helper()
	for _, problem := range w.problems() {
		w.t.Errorf("verify: %s", problem)
	}
}

// exportAgain exports on the way to a lake that is read whole; its rows are not compared.
func (w *world) exportAgain() Report {
	w.t.Helper()
	report := w.exported()
	for _, problem := range w.found(false) {
		w.t.Errorf("verify: %s", problem)
	}
	return report
}

// exported exports, which must not fail.
func (w *world) exported() Report {
	w.t.Helper()
	report, err := w.try()
	if err != nil {
		w.t.Fatal(err)
	}
	if report.View != "" {
		w.t.Errorf("no view: %s", report.View)
	}
	return report
}

// oracle is a DuckDB that has nothing to do with ours, with the published file attached.
func (w *world) oracle() *sql.DB {
	w.t.Helper()
	database, err := sql.Open("duckdb", "?threads=1")
	if err != nil {
		w.t.Fatal(err)
	}
	copied := filepath.Join(w.t.TempDir(), "copy.duckdb")
	content, err := os.ReadFile(w.layout.Database())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(copied, content, 0o600); err != nil {
		w.t.Fatal(err)
	}
	database.SetMaxOpenConns(1)
	for _, step := range []string{"SET TimeZone = 'UTC'", "ATTACH '" + copied + "' AS file (READ_ONLY)", "USE file"} {
		if _, err := database.Exec(step); err != nil {
			w.t.Fatal(err)
		}
	}
	return database
}

// compareByDuckDB reads lake/current as people do, and compares it with the tables: as many rows, each of them there.
func (w *world) compareByDuckDB() {
	w.t.Helper()
	database := w.oracle()
	defer database.Close()
	manifest, damage, err := readLatest(w.layout.Lake())
	if err != nil || damage != "" {
		w.t.Fatal(damage, err)
	}
	for _, d := range manifest.Datasets {
		table := "main." + d.Name
		switch {
		case d.Feed:
			table = `(SELECT *, 'upsert' AS _op, run_id AS _run_id, observed_at AS _observed_at
				FROM main.transaction_versions WHERE NOT superseded_on_arrival
				UNION ALL BY NAME SELECT * EXCLUDE (transacted_month, reason), 'delete' AS _op, run_id AS _run_id,
					observed_at AS _observed_at FROM meta.removed_transactions)`
		case strings.Contains(d.Name, "/"):
			table = strings.Replace(d.Name, "/", ".", 1)
		}
		var names []string
		for _, column := range d.Columns {
			if column.Name != d.PartitionColumn { // in no table; compared with the path below
				names = append(names, `"`+column.Name+`"`)
			}
		}
		columns := strings.Join(names, ", ")
		parquet := fmt.Sprintf("read_parquet('%s/%s/**/*.parquet', hive_partitioning = false)",
			filepath.Join(w.layout.Lake(), currentName), d.Name)
		w.want(database, fmt.Sprintf(`SELECT concat_ws(' ',
			(SELECT count(*) FROM %[2]s) - (SELECT count(*) FROM %[3]s),
			(SELECT count(*) FROM (SELECT %[1]s FROM %[2]s EXCEPT ALL SELECT %[1]s FROM %[3]s)))`,
			columns, parquet, table), "0 0")
		if d.PartitionColumn != "" {
			w.want(database, fmt.Sprintf(`SELECT count(*)
				FROM read_parquet('%s/%s/**/*.parquet', hive_partitioning = false, filename = true)
				CROSS JOIN (SELECT strftime(watermark - INTERVAL 238 MONTH, '%%Y-%%m') AS oldest,
					strftime(watermark + INTERVAL 1 MONTH, '%%Y-%%m') AS newest FROM meta.store)
				WHERE NOT contains(filename, '/%[3]s=' || CASE
					WHEN length(%[4]s) = 10 OR %[4]s BETWEEN oldest AND newest THEN %[4]s ELSE '1900-01' END || '/')`,
				filepath.Join(w.layout.Lake(), currentName), d.Name, d.FolderKey, d.PartitionColumn), "0")
		}
	}
}

func (w *world) want(database *sql.DB, query, want string) {
	w.t.Helper()
	var got string
	if err := database.QueryRow("SELECT CAST((" + query + ") AS VARCHAR)").Scan(&got); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	if got != want {
		w.t.Errorf("%s\n got %s\nwant %s", query, got, want)
	}
}

// files maps every file and directory of the lake to its mode, size, time and target.
func (w *world) files() map[string]string {
	w.t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(w.layout.Lake(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		target, _ := os.Readlink(path)
		relative, err := filepath.Rel(w.layout.Lake(), path)
		found[relative] = fmt.Sprint(info.Mode(), info.Size(), info.ModTime().UnixNano(), target)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// live lists the paths of the manifest that belong to a dataset, without their hashes.
func (w *world) live(dataset string) string {
	w.t.Helper()
	manifest, _, err := readLatest(w.layout.Lake())
	if err != nil || manifest == nil {
		w.t.Fatal(err)
	}
	var paths []string
	for _, file := range manifest.Files {
		if file.Dataset == dataset {
			paths = append(paths, fmt.Sprintf("%s%s:%d", file.Partition.Value, file.RunID, file.Rows))
		}
	}
	return strings.Join(paths, " ")
}

func account(id string) schema.Account {
	return schema.Account{
		AccountID: id, HolderType: new("customer"), HolderID: new("cus_1"), InstitutionName: "First Bank",
		Category: "cash", Subcategory: "checking", Status: "active",
		Permissions: []string{"balances", "transactions"}, CreatedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

func transaction(id string, amount int64, at time.Time) schema.Transaction {
	return schema.Transaction{
		TransactionID: id, AccountID: "fca_1", AmountMinor: amount, Currency: "usd", Description: "COFFEE",
		Status:       "posted",
		TransactedAt: at, PostedAt: &at, UpdatedAt: at, TransactionRefreshID: "fctxnref_1",
	}
}

func day(month, day int) time.Time {
	return time.Date(2026, time.Month(month), day, 15, 0, 0, 0, time.UTC)
}
