package history

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"fcpipe/schema/duck"
)

// TestEverySnapshotIsGivenBack: over seventy days, two snapshots of which are whole, values come, change, stay and go;
// the view gives back what attributes said on each of them, and a snapshot that is not whole has only what differs.
func TestEverySnapshotIsGivenBack(t *testing.T) {
	database, err := sql.Open("duckdb", "?threads=1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = database.Close() }()
	exec := func(query string, values ...any) {
		t.Helper()
		if _, err := database.ExecContext(t.Context(), query, values...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	if _, err := duck.Migrate(t.Context(), database, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	columns := `holder_type, holder_id, account_key, currency, attribute, window_name, value_integer, value_double,
		value_date, value_text, value_state`
	exec("CREATE TABLE underwriting.attribute_values AS SELECT " + columns + " FROM meta.attribute_changes")
	exec("CREATE TABLE said AS SELECT 0 AS day, * FROM underwriting.attribute_values")
	random := rand.New(rand.NewPCG(20, 1))
	for day := 1; day <= 70; day++ {
		for range 8 {
			changeOne(random, exec)
		}
		exec(fmt.Sprintf("INSERT INTO said SELECT %d, * FROM underwriting.attribute_values", day))
		exec(fmt.Sprintf(`INSERT INTO meta.attribute_snapshots VALUES (%d, DATE '2026-01-01' + %d,
			TIMESTAMPTZ '2026-01-01 12:00:00+00' + to_days(%d), 'd', 't', 'none', 'UTC', 'none')`, day, day, day))
		record(t, database, int64(1+day%7)) // the parts of a day are no matter of what it says
	}
	want := func(query string, wanted int64) {
		t.Helper()
		var got int64
		if err := database.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != wanted {
			t.Errorf("%s: %d, want %d: %v", query, got, wanted, err)
		}
	}
	told := "SELECT as_of_date - DATE '2026-01-01' AS day, " + columns + " FROM underwriting.attribute_history"
	want(`SELECT count(*) FROM ((FROM said) EXCEPT ALL (`+told+`))`, 0)
	want(`SELECT count(*) FROM ((`+told+`) EXCEPT ALL (FROM said))`, 0)
	want("SELECT (count(*) > 1000)::BIGINT FROM said", 1)
	want("SELECT count(*) FROM (SELECT count(*) AS n FROM meta.attribute_changes WHERE snapshot_id % 30 <> 1 "+
		"GROUP BY snapshot_id HAVING n > 8)", 0)
	want(`SELECT count(*) FROM meta.attribute_changes WHERE snapshot_id = 61 AND value_state IS NOT NULL`,
		int64(rowsOf(t, database, 61)))
}

// record records what differs, in parts of so many values.
func record(t *testing.T, database *sql.DB, partValues int64) {
	t.Helper()
	transaction, err := database.BeginTx(t.Context(), nil)
	if err == nil {
		err = errors.Join(recordChanges(t.Context(), transaction, partValues), transaction.Commit())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// changeOne gives one key of a few a value, another one or none.
func changeOne(random *rand.Rand, exec func(string, ...any)) {
	holder, window := fmt.Sprint("cus_", random.IntN(8)), fmt.Sprint(30*(1+random.IntN(6)), "d")
	exec("DELETE FROM underwriting.attribute_values WHERE holder_id = $1 AND window_name = $2", holder, window)
	if random.IntN(4) == 0 {
		return
	}
	state := []string{"OK", "PARTIAL", "NO_DATA"}[random.IntN(3)]
	exec(`INSERT INTO underwriting.attribute_values VALUES ('customer', $1, '', 'usd', 'income_all_minor', $2,
		CASE WHEN $3 <> 'NO_DATA' THEN $4 END, NULL, NULL, nullif($5, ''), $3)`, holder, window, state,
		random.IntN(2), []string{"", "FULL", "BETWEEN"}[random.IntN(3)])
}

func rowsOf(t *testing.T, database *sql.DB, day int) (rows int) {
	t.Helper()
	err := database.QueryRowContext(t.Context(), "SELECT count(*) FROM said WHERE day = $1", day).Scan(&rows)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
