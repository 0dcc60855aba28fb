package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // "newer" needs a file opened for writing
	"github.com/rogpeppe/go-internal/testscript"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

// failer is a test or a script.
type failer interface{ Check(error) }

// truthRow is a transaction as the simulator's ground truth has it.
type truthRow struct {
	ID                string
	Account           string
	Amount            int64
	Currency          string
	Description       string
	Status            string
	StatusTransitions struct {
		PostedAt *int64 `json:"posted_at"`
		VoidAt   *int64 `json:"void_at"`
	} `json:"status_transitions"`
	TransactedAt int64  `json:"transacted_at"`
	Refresh      string `json:"transaction_refresh"`
	Updated      int64
}

func (r truthRow) key() string {
	return fmt.Sprint(r.ID, r.Account, r.Amount, r.Currency, r.Description, r.Status, seconds(r.StatusTransitions.PostedAt),
		seconds(r.StatusTransitions.VoidAt), r.TransactedAt, r.Refresh, r.Updated)
}

func seconds(at *int64) string {
	if at == nil {
		return "null"
	}
	return fmt.Sprint(*at)
}

func unixOf(at *time.Time) *int64 {
	if at == nil {
		return nil
	}
	s := at.Unix()
	return &s
}

// truthAccount is an account's balance as the simulator's ground truth has it.
type truthAccount struct {
	ID      string
	Balance *struct {
		AsOf    int64 `json:"as_of"`
		Current map[string]int64
	}
}

// differences compares the published file with ground truth, row by row. Rows that are not
// listed any more may be held: absence is not deletion.
func differences(f failer, truth simulator.Truth, layout schema.Layout) []string {
	reader, err := schema.OpenReader(context.Background(), layout, schema.Settings{})
	f.Check(err)
	defer reader.Close()
	want := map[string]bool{}
	for _, raw := range truth.Transactions {
		var row truthRow
		f.Check(json.Unmarshal(raw, &row))
		want[row.key()] = true
	}
	rows, err := reader.Database().Query(`SELECT transaction_id, account_id, amount_minor, currency, description, status, posted_at, void_at,
		transacted_at, transaction_refresh_id, updated_at FROM main.transactions`)
	f.Check(err)
	defer rows.Close()
	var found []string
	held := 0
	for rows.Next() {
		var row truthRow
		var posted, void *time.Time
		var transacted, updated time.Time
		f.Check(rows.Scan(&row.ID, &row.Account, &row.Amount, &row.Currency, &row.Description, &row.Status, &posted, &void, &transacted, &row.Refresh, &updated))
		row.StatusTransitions.PostedAt, row.StatusTransitions.VoidAt = unixOf(posted), unixOf(void)
		row.TransactedAt, row.Updated = transacted.Unix(), updated.Unix()
		if slices.Contains(truth.Removed, row.ID) {
			continue
		}
		if held++; !want[row.key()] {
			found = append(found, "a row that is not so: "+row.ID)
		}
	}
	f.Check(rows.Err())
	if held != len(want) {
		found = append(found, fmt.Sprintf("%d rows held, the truth has %d", held, len(want)))
	}
	var accounts int
	f.Check(reader.Database().QueryRow("SELECT count(*) FROM main.accounts").Scan(&accounts))
	if accounts != len(truth.Accounts) {
		found = append(found, fmt.Sprintf("%d accounts held, the truth has %d", accounts, len(truth.Accounts)))
	}
	found = append(found, balanceDifferences(f, truth, reader)...)
	findings, err := schema.Verify(context.Background(), reader, layout)
	f.Check(err)
	for _, broken := range findings {
		found = append(found, broken.Where+" "+broken.What)
	}
	return found
}

// balanceDifferences compares the current balance of every account that has one.
func balanceDifferences(f failer, truth simulator.Truth, reader *schema.Reader) (found []string) {
	want := map[string]bool{}
	for _, raw := range truth.Accounts {
		var account truthAccount
		f.Check(json.Unmarshal(raw, &account))
		if account.Balance == nil {
			continue
		}
		for currency, minor := range account.Balance.Current {
			want[fmt.Sprint(account.ID, account.Balance.AsOf, currency, minor)] = true
		}
	}
	rows, err := reader.Database().Query(`SELECT account_id, as_of, currency, current_minor FROM main.balances
		QUALIFY row_number() OVER (PARTITION BY account_id, currency ORDER BY as_of DESC, observed_at DESC) = 1`)
	f.Check(err)
	defer rows.Close()
	held := 0
	for ; rows.Next(); held++ {
		var id, currency string
		var asOf time.Time
		var minor int64
		f.Check(rows.Scan(&id, &asOf, &currency, &minor))
		if !want[fmt.Sprint(id, asOf.Unix(), currency, minor)] {
			found = append(found, "a balance that is not so: of "+id)
		}
	}
	f.Check(rows.Err())
	if held != len(want) {
		found = append(found, fmt.Sprintf("%d balances held, the truth has %d", held, len(want)))
	}
	return found
}

func markNewer(ts *testscript.TestScript, _ bool, _ []string) {
	database, err := sql.Open("duckdb", layoutOf(ts).Database())
	ts.Check(err)
	_, err = database.Exec("INSERT INTO meta.migrations VALUES (9999, '9999_from_the_future.sql', 'x', now()); CHECKPOINT")
	ts.Check(err)
	ts.Check(database.Close())
}
