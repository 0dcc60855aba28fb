package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ofEachKind finds a transaction of each kind of thing that one may belong to.
var ofEachKind = []string{
	"SELECT min(out_id) FROM ledger.transfers WHERE status = 'AUTO'",
	"SELECT min(in_id) FROM ledger.transfers WHERE status = 'AUTO' AND kind = 'card_payment'",
	"SELECT min(refund_id) FROM ledger.refund_links WHERE kind = 'FULL'",
	"SELECT min(refund_id) FROM ledger.refund_links WHERE kind = 'PARTIAL' AND candidate_count > 1",
	"SELECT min(refund_id) FROM ledger.refund_links WHERE kind = 'UNLINKED' AND candidate_count > 1",
	"SELECT min(refund_id) FROM ledger.refund_links WHERE kind = 'UNLINKED' AND candidate_count = 0",
	"SELECT min(purchase_id) FROM ledger.refund_links",
	"SELECT min(reversal_id) FROM ledger.reversals WHERE kind = 'returned_item'",
	"SELECT min(reversed_id) FROM ledger.reversals WHERE kind = 'fee_reversal'",
	"SELECT min(m.transaction_id) FROM ledger.stream_members m JOIN ledger.streams USING (stream_id) " +
		"WHERE kind = 'payroll'",
}

// pairsToTry finds pairs for overrides.csv: those that change something, then those that cannot be.
var pairsToTry = []struct{ pair, decision string }{
	{"SELECT min(out_id || ',' || in_id) FROM ledger.transfers WHERE kind = 'transfer'", "rejected"},
	{"SELECT max(out_id || ',' || in_id) FROM ledger.transfers WHERE kind = 'card_payment'", "confirmed"},
	{`SELECT min(o.transaction_id || ',' || i.transaction_id) FROM ledger.transactions o JOIN ledger.transactions i
		USING (holder_id, currency) WHERE o.spending_class = 'spending' AND i.spending_class = 'other_inflow'
		AND o.amount_minor = -i.amount_minor AND o.account_key <> i.account_key`, "confirmed"},
	{"SELECT min(in_id || ',' || out_id) FROM ledger.transfers", "rejected"},
	{"SELECT min(refund_id || ',' || purchase_id) FROM ledger.refund_links WHERE kind = 'FULL'", "confirmed"},
	{"SELECT min(purchase_id || ',' || refund_id) FROM ledger.refund_links WHERE kind = 'PARTIAL'", "confirmed"},
	{`SELECT min(transaction_id) || ',' || max(transaction_id) FROM ledger.transactions
		WHERE spending_class = 'spending'`, "rejected"},
	{"SELECT min(transaction_id) || ',fctxn_mistyped' FROM ledger.transactions", "rejected"},
}

// wantJoined holds what is told of a transaction, and of the pairs of overrides.csv, to a file; -update rewrites it.
func wantJoined(t *testing.T, dir string) {
	t.Helper()
	config := filepath.Join(dir, "config.yaml")
	var told strings.Builder
	versions := regexp.MustCompile("version [0-9a-f]{8}")
	for _, query := range ofEachKind {
		stdout, stderr, err := command(t, "--config", config, "explain", "transaction", answer(t, config, query))
		_, parts, found := strings.Cut(stdout, "\nwhat it is\n")
		if err != nil || !found || !strings.Contains(parts, "what it is part of") {
			t.Errorf("%s: %s%s%v", query, stdout, stderr, err)
		}
		fmt.Fprintf(&told, "%s\n%s\n", query, versions.ReplaceAllString(parts, "version V"))
	}
	lines := "out_id,in_id,decision\n"
	for _, p := range pairsToTry {
		lines += answer(t, config, p.pair) + "," + p.decision + "\n"
	}
	with := filepath.Join(dir, "with-pairs.yaml")
	text, err := os.ReadFile(config)
	checker{t}.Check(err)
	checker{t}.Check(os.WriteFile(filepath.Join(dir, "overrides.csv"), []byte(lines), 0o600))
	other := regexp.MustCompile("(?m)^analytics:.*$").ReplaceAll(text, []byte("analytics: {overrides: overrides.csv}"))
	checker{t}.Check(os.WriteFile(with, other, 0o600))
	stdout, stderr, err := command(t, "--config", with, "rules", "check")
	if err != nil {
		t.Errorf("%s%v", stderr, err)
	}
	told.WriteString(stdout)
	const golden = "testdata/joined.txt"
	if *update {
		checker{t}.Check(os.WriteFile(golden, []byte(told.String()), 0o600))
	}
	if want, err := os.ReadFile(golden); err != nil || string(want) != told.String() {
		t.Errorf("%s: %v\n%s", golden, err, firstDifference(string(want), told.String()))
	}
}

// answer is the one value that a question has.
func answer(t *testing.T, config, query string) string {
	t.Helper()
	stdout, stderr, err := command(t, "--config", config, "query", "--format", "csv", query)
	rows := strings.Split(strings.TrimSpace(stdout), "\n")
	if err != nil || len(rows) != 2 || rows[1] == "" {
		t.Fatalf("%s: %s%s%v", query, stdout, stderr, err)
	}
	return strings.Trim(rows[1], `"`)
}
