package export

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// Who globs a dataset finds its columns, whether it has rows or not.
func TestDatasetsWithoutRowsShowTheirSchema(t *testing.T) {
	t.Parallel()
	if !hasProofTables(t) {
		return
	}
	w := newWorld(t)
	w.round(schema.Landed{Accounts: []schema.Account{account("fca_1")}})
	w.exportAgain()
	for dataset, want := range map[string]string{
		"transactions": "1900-01:0", "changes/transactions": "1900-01-01:0", "balances": "1900-01:0",
	} {
		if got := w.live(dataset); got != want {
			t.Errorf("%s without rows: %s", dataset, got)
		}
	}
	w.globs("0")
	before := w.files()
	if again := w.exportAgain(); !again.Unchanged || !maps.Equal(before, w.files()) {
		t.Errorf("a second export: %+v", again)
	}

	w.round(spread())
	w.export()
	if got := w.live("transactions"); got != "2026-02:1 2026-03:1 2026-04:1 2026-05:1" {
		t.Errorf("with rows: %s", got)
	}
	if got := w.live("balances"); got != "1900-01:0" {
		t.Errorf("still without rows: %s", got)
	}
	w.globs("4")

	// all its rows leave: erased, or past their retention
	w.alter("DELETE FROM main.transaction_versions", "DELETE FROM ledger.accounts",
		"UPDATE meta.store SET watermark = watermark + INTERVAL 1 SECOND")
	if report, err := w.try(); err != nil {
		t.Errorf("rows gone: %+v %v", report, err)
	}
	if got := w.live("transactions") + " " + w.live("changes/transactions"); got != "1900-01:0 1900-01-01:0" {
		t.Errorf("rows gone: %s", got)
	}
	if got := w.live("ledger/accounts"); got != ":0" {
		t.Errorf("rows gone from a table without months: %s", got)
	}
	w.globs("0")
}

// globs counts the rows of transactions, the month of the folder named, as newcomers read.
func (w *world) globs(want string) {
	w.t.Helper()
	database := w.oracle()
	defer database.Close()
	for dataset, key := range map[string]string{"transactions": "month", "changes/transactions": "date"} {
		w.want(database,
			fmt.Sprintf(`SELECT count(*) FROM read_parquet('%s/current/%s/**/*.parquet', hive_partitioning = true)
			WHERE %s IS NOT NULL AND amount_minor < 0`, w.layout.Lake(), dataset, key), want)
	}
	w.want(database, "SELECT count(*) FROM read_parquet('"+w.layout.Lake()+
		"/current/balances/**/*.parquet') WHERE month > '2000'", "0")
}

// A hundred rows in a hundred centuries make one file, and keep their dates.
func TestRowsOfOtherMonthsShareAFile(t *testing.T) {
	storetest.ForProof(t)
	t.Parallel()
	if !hasProofTables(t) {
		return
	}
	w := newWorld(t)
	landed := spread()
	for century := range 100 {
		at := time.Date(100*century+50, time.Month(century%12+1), 1, 15, 0, 0, 0, time.UTC)
		landed.Transactions = append(landed.Transactions, transaction(fmt.Sprintf("fctxn_at_%d", at.Year()), -1, at))
	}
	landed.Transactions = append(landed.Transactions, transaction("fctxn_soon", -1, day(8, 3)))
	w.round(landed)
	report := w.exportAgain()
	if got := w.live("transactions"); got != "1900-01:101 2026-02:1 2026-03:1 2026-04:1 2026-05:1" {
		t.Errorf("%s", got)
	}
	other := report.OtherMonths
	if other["transactions"] != 101 || other["ledger/transactions"] == 0 || other["balances"] != 0 {
		t.Errorf("%v", other)
	}
	database := w.oracle()
	glob := filepath.Join(w.layout.Lake(), currentName, "transactions/**/*.parquet")
	w.want(database, "SELECT count(DISTINCT transacted_month) FROM '"+glob+"' WHERE month = '1900-01'", "101")
	database.Close()

	// a month later August has come near enough for a folder of its own, though no change touched its row
	w.clock = time.Date(2026, 7, 2, 12, 0, 0, 0, time.UTC)
	w.round(changed(spread().Transactions[0], func(t *schema.Transaction) { t.AmountMinor = -7 }))
	w.export()
	if got := w.live("transactions"); !strings.HasPrefix(got, "1900-01:100 ") || !strings.HasSuffix(got, " 2026-08:1") {
		t.Errorf("a month later: %s", got)
	}
}
