package export

import (
	"fmt"
	"strings"
	"testing"

	"fcpipe/schema"
)

// TestWhatIsRemovedLeavesTheLake: the state has it no more, files of the feed that held it are written again without
// it, and a loader that follows the feed ends with what is held.
func TestWhatIsRemovedLeavesTheLake(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t) // a row each in February, March, April and May
	w.round(changed(spread().Transactions[0], func(t *schema.Transaction) { t.AmountMinor = -3 }))
	w.exportAgain()
	loaded := w.feedRows("_op = 'upsert'")
	w.keeps = schema.Retention{TransactionMonths: 2} // from the first of April on
	w.round()
	w.export()
	if got := w.live("transactions"); got != "2026-04:1 2026-05:1" {
		t.Errorf("the lake holds %s", got)
	}
	if got := w.feedRows("_op = 'delete'"); got != 2 {
		t.Errorf("%d rows are deleted", got)
	}
	if got := w.feedRows("_op = 'upsert'"); loaded != 5 || got != 2 {
		t.Errorf("the feed held %d rows and holds %d", loaded, got)
	}
	database := w.oracle()
	defer database.Close()
	feed := fmt.Sprintf("read_parquet('%s/current/changes/transactions/**/*.parquet', hive_partitioning = false)",
		w.layout.Lake())
	w.want(database, "SELECT count(*) FROM "+feed+" WHERE _op = 'delete' AND (account_id IS NULL OR amount_minor "+
		"IS NOT NULL OR description IS NOT NULL OR transacted_at IS NOT NULL)", "0")
	w.want(database, "SELECT string_agg(transaction_id ORDER BY transaction_id) = (SELECT string_agg(transaction_id "+
		"ORDER BY transaction_id) FROM main.transactions) FROM (FROM "+feed+" QUALIFY row_number() OVER (PARTITION BY "+
		"transaction_id ORDER BY _observed_at DESC) = 1) WHERE _op <> 'delete'", "true")
	if report := w.exported(); !report.Unchanged {
		t.Errorf("exported again: %+v", report)
	}
	w.grace = 0
	w.round(changed(spread().Transactions[3], func(t *schema.Transaction) { t.AmountMinor = -4 }))
	w.exportAgain()
	for name := range w.files() {
		if strings.HasPrefix(name, "data/transactions/month=2026-02") || // the ledger of this world stays as it is
			strings.HasPrefix(name, "data/transactions/month=2026-03") {
			t.Errorf("%s outlives its grace", name)
		}
	}
}

// feedRows counts rows of the feed.
func (w *world) feedRows(condition string) (rows int) {
	w.t.Helper()
	database := w.oracle()
	defer database.Close()
	if err := database.QueryRowContext(w.t.Context(), fmt.Sprintf("SELECT count(*) FROM read_parquet("+
		"'%s/current/changes/transactions/**/*.parquet', hive_partitioning = false) WHERE %s",
		w.layout.Lake(), condition)).Scan(&rows); err != nil {
		w.t.Fatal(err)
	}
	return rows
}
