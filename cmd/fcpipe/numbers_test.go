package main

import (
	"testing"

	"fcpipe/schema/reader"
)

// contradictions are what an underwriter must not find in a world whose bank adds up; each counts.
var contradictions = map[string]string{
	"residuals without a reason": `SELECT count(*) FROM quality.reconciliation WHERE class = 'unexplained'`,
	"months whose balances are not flows": `SELECT count(*)
		FROM underwriting.cash_flow_month
		WHERE closing_balance_minor - opening_balance_minor <> inflow_gross_minor - outflow_gross_minor`,
	"months that do not reconcile": `SELECT count(*)
		FROM underwriting.cash_flow_month
		WHERE balance_state = 'unreconciled'`,
	"holders who are absent": `SELECT count(*)
		FROM main.accounts
		ANTI JOIN underwriting.cash_flow_month USING (holder_type, holder_id)
		WHERE holder_id IS NOT NULL`,
	"months that do not follow": `SELECT count(*)
		FROM underwriting.cash_flow_month a
		JOIN underwriting.cash_flow_month b USING (holder_type, holder_id, currency)
		WHERE strptime(b.month, '%Y-%m') = strptime(a.month, '%Y-%m') + INTERVAL 1 MONTH
			AND a.closing_balance_minor <> b.opening_balance_minor`,
	"posted cash that is in no month": `SELECT (SELECT sum(amount_minor)
		FROM ledger.transactions
		WHERE category = 'cash'
			AND status = 'posted' AND suppressed_by IS NULL AND holder_id IS NOT NULL)
		- (SELECT sum(inflow_gross_minor - outflow_gross_minor)
		FROM underwriting.cash_flow_month)`,
	"days with more or fewer accounts than live": `SELECT count(*)
		FROM ledger.holder_daily_balances h
		WHERE account_count > (
		SELECT count(*)
		FROM ledger.cash_accounts c
		WHERE c.holder_id = h.holder_id AND c.holder_type = h.holder_type
			AND c.currency = h.currency AND c.first_day <= h.day)`,
	"observed balances that days contradict": `SELECT count(*)
		FROM ledger.anchors a
		JOIN ledger.daily_balances d ON d.account_key = a.account_key
			AND d.currency = a.currency AND d.day = a.anchor_date
		WHERE d.end_of_day_minor <> a.anchor_minor + a.posted_later_minor`,
	"values without a range": `SELECT count(*)
		FROM ledger.daily_balances
		WHERE value_state <> 'in_range'`,
	"dates that are not plausible": `SELECT count(*)
		FROM ledger.transactions
		WHERE instant_state <> 'plausible'`,
}

// wantNoContradictions holds a published file's numbers to each other.
func wantNoContradictions(t *testing.T, reader *reader.Reader) {
	t.Helper()
	for what, question := range contradictions {
		var found int64
		if err := reader.Database().QueryRowContext(t.Context(), question).Scan(&found); err != nil || found != 0 {
			t.Errorf("%s: %d, %v", what, found, err)
		}
	}
	var proved int
	if err := reader.Database().QueryRowContext(t.Context(), "SELECT count(*) FROM quality.reconciliation WHERE "+
		"class = 'proved'").Scan(&proved); err != nil || proved < 40 {
		t.Errorf("only %d intervals are proved, %v", proved, err)
	}
}
