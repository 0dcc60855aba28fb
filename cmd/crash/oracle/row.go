package oracle

import (
	"context"
	"strconv"
	"strings"

	"fcpipe/schema/reader"
)

// Row is a transaction as Stripe's API and the simulator's ground truth write it. Amounts are minor units, times
// are seconds of Unix time.
type Row struct {
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

// Line is the row as StoredRows answers it.
func (r Row) Line() string {
	return strings.Join([]string{
		r.ID, r.Account, decimal(r.Amount), r.Currency, r.Description, r.Status, epoch(r.StatusTransitions.PostedAt),
		epoch(r.StatusTransitions.VoidAt), decimal(r.TransactedAt), r.Refresh, decimal(r.Updated),
	}, "\t")
}

// state tells what a later refresh may have changed of a row.
func (r Row) state() string {
	return strings.Join([]string{r.Status, r.Refresh, decimal(r.Amount)}, "\t")
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func epoch(at *int64) string {
	if at == nil {
		return ""
	}
	return decimal(*at)
}

// StoredRows are the rows of a published file as lines, by their ids.
func StoredRows(ctx context.Context, reader *reader.Reader) (map[string]string, error) {
	return byFirst(ctx, reader, question("transactions"), func(_, line string) string { return line })
}

// byFirst answers a statement as a map whose keys are the cells of the first column.
func byFirst(ctx context.Context, reader *reader.Reader, statement string, value func(rest, line string) string,
) (map[string]string, error) {
	lines, err := ask(ctx, reader, statement)
	if err != nil {
		return nil, err
	}
	all := make(map[string]string, len(lines))
	for _, line := range lines {
		first, rest, _ := strings.Cut(line, "\t")
		all[first] = value(rest, line)
	}
	return all, nil
}

// account is an account as the simulator shows it to everybody who asks.
type account struct {
	ID      string
	Refresh *struct{ ID, Status string } `json:"transaction_refresh"`
	Balance *struct {
		AsOf    int64 `json:"as_of"`
		Type    string
		Current map[string]int64
		Cash    struct{ Available map[string]int64 }
		Credit  struct{ Used map[string]int64 }
	}
}

// balances is a line for each currency of the balance that the account shows.
func (a account) balances() (lines []string) {
	if a.Balance == nil {
		return nil
	}
	for currency, current := range a.Balance.Current {
		lines = append(lines, strings.Join([]string{
			a.ID, currency, a.Balance.Type, decimal(current), amountIn(a.Balance.Cash.Available, currency),
			amountIn(a.Balance.Credit.Used, currency), decimal(a.Balance.AsOf),
		}, "\t"))
	}
	return lines
}

func amountIn(amounts map[string]int64, currency string) string {
	amount, stated := amounts[currency]
	if !stated {
		return ""
	}
	return decimal(amount)
}
