package oracle

import (
	"context"
	_ "embed" // the questions
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

//go:embed questions.sql
var questionsText string

// question is one statement of questions.sql.
func question(name string) string {
	_, rest, found := strings.Cut(questionsText, "-- name: "+name+"\n")
	if !found {
		panic("questions.sql has no " + name)
	}
	text, _, _ := strings.Cut(rest, "\n-- name: ")
	return strings.TrimSpace(text)
}

// rows answers a question as lines of tab-separated text.
func rows(ctx context.Context, reader *schema.Reader, text string) ([]string, error) {
	_, answer, err := reader.Query(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	var lines []string
	for cells, err := range answer {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		parts := make([]string, len(cells))
		for i, cell := range cells {
			parts[i] = cell.Text
		}
		lines = append(lines, strings.Join(parts, "\t"))
	}
	return lines, nil
}

// trueRow is a transaction as the simulator says it is.
type trueRow struct {
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

func (r trueRow) line() string {
	return strings.Join([]string{
		r.ID, r.Account, strconv.FormatInt(r.Amount, 10), r.Currency, r.Description, r.Status, epoch(r.StatusTransitions.PostedAt),
		epoch(r.StatusTransitions.VoidAt), strconv.FormatInt(r.TransactedAt, 10), r.Refresh, strconv.FormatInt(r.Updated, 10),
	}, "\t")
}

func epoch(at *int64) string {
	if at == nil {
		return ""
	}
	return strconv.FormatInt(*at, 10)
}

// trueAccount is an account as the simulator shows it to everybody who asks.
type trueAccount struct {
	ID      string
	Rows    *struct{ ID, Status string } `json:"transaction_refresh"`
	Balance *struct {
		AsOf    int64 `json:"as_of"`
		Type    string
		Current map[string]int64
		Cash    struct{ Available map[string]int64 }
		Credit  struct{ Used map[string]int64 }
	}
}

// balances is a line for each currency of the balance that the account shows.
func (a trueAccount) balances() (lines []string) {
	if a.Balance == nil {
		return nil
	}
	for currency, current := range a.Balance.Current {
		lines = append(lines, strings.Join([]string{
			a.ID, currency, a.Balance.Type, strconv.FormatInt(current, 10), amountIn(a.Balance.Cash.Available, currency), amountIn(a.Balance.Credit.Used, currency),
			strconv.FormatInt(a.Balance.AsOf, 10),
		}, "\t"))
	}
	return lines
}

func amountIn(amounts map[string]int64, currency string) string {
	amount, stated := amounts[currency]
	if !stated {
		return ""
	}
	return strconv.FormatInt(amount, 10)
}

// truth is what a client that has read everything must hold.
type truth struct {
	rows, balances map[string]bool   // lines
	newest         map[string]string // account → its last succeeded refresh
}

func truthOf(world *simulator.Server) (t truth, err error) {
	t = truth{rows: map[string]bool{}, balances: map[string]bool{}, newest: map[string]string{}}
	said := world.Truth()
	for _, raw := range said.Transactions {
		var row trueRow
		if err := json.Unmarshal(raw, &row); err != nil {
			return t, err
		}
		t.rows[row.line()] = true
	}
	for _, raw := range said.Accounts {
		var a trueAccount
		if err := json.Unmarshal(raw, &a); err != nil {
			return t, err
		}
		for _, line := range a.balances() {
			t.balances[line] = true
		}
		t.newest[a.ID] = ""
		if a.Rows != nil && a.Rows.Status == "succeeded" {
			t.newest[a.ID] = a.Rows.ID
		}
	}
	return t, nil
}
