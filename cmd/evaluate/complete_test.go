package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
	"fcpipe/sync/simulator"
)

// everySum has a row for every holder, month and currency in which what counts by category, with what does not count
// by its reason, is not what main has as posted.
const everySum = `
WITH told AS (
    SELECT holder_id, currency, month, -net_minor AS net, transaction_count AS n FROM expenses.category_month
    UNION ALL
    SELECT holder_id, currency, month, in_minor - out_minor, transaction_count FROM expenses.not_spent_month
    UNION ALL
    SELECT a.holder_id, m.currency, strftime(l.transacted_date, '%Y-%m'), -m.amount_minor, -1
    FROM main.transactions m JOIN main.accounts a USING (account_id)
    JOIN ledger.transactions l USING (transaction_id) WHERE m.status = 'posted')
SELECT holder_id || ' ' || month || ' ' || currency || ': ' || sum(net) || ' in ' || sum(n) || ' rows'
FROM told GROUP BY holder_id, month, currency HAVING sum(net) <> 0 OR sum(n) <> 0`

// counted is how much the tables add up to, in how many rows, with how many categories and reasons.
const counted = `
SELECT (SELECT sum(-net_minor) FROM expenses.category_month) + (SELECT sum(in_minor - out_minor)
    FROM expenses.not_spent_month), (SELECT sum(transaction_count) FROM expenses.category_month)
    + (SELECT sum(transaction_count) FROM expenses.not_spent_month),
    (SELECT count(DISTINCT category) FROM expenses.category_month),
    (SELECT count(DISTINCT reason) FROM expenses.not_spent_month)`

// TestWhatCountsAndWhatDoesNotIsAllThatWasPosted: in worlds of the styles that rules are written against the sum over
// expenses.category_month, with what is left out by its reason, is that of the rows which the simulator says it has
// posted, for every holder, month and currency; and the rules of verify find nothing.
func TestWhatCountsAndWhatDoesNotIsAllThatWasPosted(t *testing.T) {
	storetest.ForProof(t)
	for seed := uint64(31); seed <= 34; seed++ {
		server := simulator.New(options{styles: "default", holders: 40}.world(seed))
		server.Advance(time.Hour)
		layout, settings := schema.Layout{Dir: t.TempDir()}, duck.Settings{Threads: 2, MemoryLimit: 1 << 30}
		if err := fill(t.Context(), server, layout, settings); err != nil {
			t.Fatal(err)
		}
		wantAllPosted(t, server, layout, settings)
	}
}

func wantAllPosted(t *testing.T, server *simulator.Server, layout schema.Layout, settings duck.Settings) {
	t.Helper()
	read, err := reader.Open(t.Context(), layout, settings)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := read.Close(); err != nil {
			t.Error(err)
		}
	}()
	posted, rows := int64(0), int64(0)
	for _, raw := range server.Truth().Transactions {
		var shown struct {
			Status string
			Amount int64
		}
		if err := json.Unmarshal(raw, &shown); err != nil {
			t.Fatal(err)
		}
		if shown.Status == "posted" {
			posted, rows = posted+shown.Amount, rows+1
		}
	}
	var sum, count, categories, reasons int64
	err = read.Database().QueryRowContext(t.Context(), counted).Scan(&sum, &count, &categories, &reasons)
	if err != nil {
		t.Fatal(err)
	}
	if sum != posted || count != rows || rows < 500 || categories < 20 || reasons < 3 {
		t.Errorf("%d in %d rows of %d categories and %d reasons, posted are %d in %d rows", sum, count, categories,
			reasons, posted, rows)
	}
	questions := map[string]string{"every holder, month and currency": everySum}
	for name, rule := range duck.Load(os.DirFS("../../schema/check")) {
		if strings.HasPrefix(name, "derived_rule_") {
			question, _, _ := strings.Cut(rule, ";")
			questions[name] = "SELECT name || ' ' || what FROM (" + question + ") r(name, what)"
		}
	}
	if len(questions) < 8 {
		t.Fatalf("only %d questions", len(questions))
	}
	for name, question := range questions {
		for _, found := range answers(t, read.Database(), question) {
			t.Errorf("%s: %s", name, found)
		}
	}
}

func answers(t *testing.T, database duck.Queryer, question string) (found []string) {
	t.Helper()
	rows, err := database.QueryContext(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		found = append(found, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}
