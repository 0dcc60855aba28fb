package models_test

import (
	"fmt"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// books are a bank account whose true balances a test knows.
type books struct {
	rows     []schema.Transaction
	balances []schema.Balance
}

func (b *books) post(day, hour int, amount int64, text string) *schema.Transaction {
	at := time.Date(2026, 5, day, hour, 0, 0, 0, time.UTC)
	b.rows = append(b.rows, schema.Transaction{
		TransactionID:        fmt.Sprintf("fctxn_%02d", len(b.rows)),
		AccountID:            "fca_1",
		AmountMinor:          amount,
		Currency:             "usd",
		Description:          text,
		Status:               "posted",
		TransactedAt:         at,
		PostedAt:             &at,
		UpdatedAt:            at,
		TransactionRefreshID: "fctxnref_1",
	})
	return &b.rows[len(b.rows)-1]
}

func (b *books) observe(day, hour int, amount int64) {
	b.balances = append(
		b.balances,
		schema.Balance{
			AccountID: "fca_1", Currency: "usd", BalanceType: "cash", CurrentMinor: &amount,
			AsOf: time.Date(2026, 5, day, hour, 0, 0, 0, time.UTC),
		},
	)
}

// landed are they, complete through the given day of May.
func (b *books) landed(through int) schema.Landed {
	at := time.Date(2026, 5, through, 12, 0, 0, 0, time.UTC)
	return schema.Landed{
		Accounts:     []schema.Account{storetest.Account("fca_1")},
		Transactions: b.rows,
		Balances:     b.balances,
		Completions: []schema.Completion{
			{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &at},
		},
	}
}

// publish publishes them in a store of their own, with civil dates in UTC.
func (b *books) publish(t *testing.T, through int) *storetest.Store {
	t.Helper()
	s := storetest.NewDerivedStore(t)
	s.Zone = "UTC"
	s.Round(b.landed(through))
	return s
}

var rebuiltDays = tellBooks(10, func(b *books) {
	b.post(1, 9, 1000, "ACME PAYROLL PPD")
	b.post(3, 9, -250, "SQ *BLUE OWL COFFEE")
	b.observe(4, 23, 5750) // so 5000 before the first row
	b.post(5, 9, -50, "SQ *BLUE OWL COFFEE")
	b.observe(6, 10, 5700)
	b.post(6, 15, -100, "KROGER #412") // after the reading of that day
	b.post(8, 9, -1, "KROGER #412")
})

func TestDailyBalancesAreRebuiltToTheCent(t *testing.T) {
	s := rebuiltDays.published(t)
	s.Want(
		"SELECT list(end_of_day_minor ORDER BY day)::VARCHAR FROM ledger.daily_balances",
		"[6000, 6000, 5750, 5750, 5700, 5600, 5600, 5599, 5599]",
	)
	s.Want(
		"SELECT list(basis ORDER BY day)::VARCHAR FROM ledger.daily_balances",
		"[reconstructed, reconstructed, reconstructed, observed, reconstructed, anchor_intraday, forward, forward, "+
			"forward]",
	)
	s.Want("SELECT list(reconciled ORDER BY day)::VARCHAR FROM ledger.daily_balances",
		"[unproved, unproved, unproved, proved, proved, unproved, unproved, unproved, unproved]")
	s.Want(
		"SELECT residual_minor || ' ' || class || ' ' || transaction_count FROM quality.reconciliation", "0 proved 1",
	)
}

var missingRow = tellBooks(7, func(b *books) {
	b.post(1, 9, 1000, "ACME PAYROLL PPD")
	b.observe(2, 23, 1000)
	b.observe(5, 23, 522) // the bank posted -478 between, the feed did not
})

func TestResidualIsTheRowThatIsMissing(t *testing.T) {
	s := missingRow.published(t)
	s.Want("SELECT residual_minor || ' ' || class FROM quality.reconciliation", "-478 unexplained")
	s.Want(
		"SELECT string_agg(DISTINCT reconciled ORDER BY reconciled) FROM ledger.daily_balances WHERE day BETWEEN "+
			"'2026-05-03' AND '2026-05-05'",
		"broken",
	)
}

var threeMonths = tellBooks(51, func(b *books) {
	for month, day := range []int{20, 51, 75} { // April 20, May 21, June 14
		at := time.Date(2026, 4, day, 12, 0, 0, 0, time.UTC)
		row := b.post(1, 1, int64(100*(month+1)), "ACME PAYROLL PPD")
		row.TransactedAt, row.PostedAt = at, &at
	}
	b.post(10, 9, -30, "OVERDRAFT FEE CHARGED")
	b.post(11, 9, 0, "CARD VERIFICATION")
	void := b.post(12, 9, -5000, "SQ *BLUE OWL COFFEE")
	void.Status, void.VoidAt = "void", void.PostedAt
	pending := b.post(13, 9, -700, "SQ *BLUE OWL COFFEE")
	pending.Status, pending.PostedAt = "pending", nil
	b.observe(30, 23, 1170)
})

func TestCashFlowOpensAndClosesToTheCent(t *testing.T) {
	s := threeMonths.published(t)
	s.Want(
		"SELECT list(month || ' ' || is_partial ORDER BY month)::VARCHAR FROM underwriting.cash_flow_month",
		"[2026-04 true, 2026-05 false, 2026-06 true]",
	)
	may := " FROM underwriting.cash_flow_month WHERE month = '2026-05'"
	s.Want(
		"SELECT opening_balance_minor || ' ' || inflow_gross_minor || ' ' || outflow_gross_minor || ' ' || "+
			"closing_balance_minor"+may,
		"1000 200 30 1170",
	)
	s.Want(
		"SELECT nsf_overdraft_fee_count || ' ' || nsf_overdraft_fee_minor || ' ' || negative_days || ' ' || "+
			"inflow_count || ' ' || outflow_count"+may,
		"1 30 0 1 1",
	)
	s.Want("SELECT opening_balance_minor FROM underwriting.cash_flow_month WHERE month = '2026-04'", "NULL")
	s.Want("SELECT closing_balance_minor FROM underwriting.cash_flow_month WHERE month = '2026-06'", "NULL")
}

var spendingAndRefunds = tellBooks(20, func(b *books) {
	b.post(2, 9, -1200, "SQ *BLUE OWL COFFEE")
	b.post(4, 9, 200, "SQ *BLUE OWL COFFEE")
	b.post(5, 9, 3000, "ACME PAYROLL PPD")                // income is no refund
	b.post(6, 9, -9000, "ONLINE TRANSFER TO SAVINGS")     // own money
	pending := b.post(7, 9, -500, "TST* CORNER BISTRO 9") // becomes another id, with a tip
	pending.Status, pending.PostedAt = "pending", nil
	b.post(9, 9, -600, "TST* CORNER BISTRO 9")
})

func TestSpendingCountsPostedRowsOnceAndDeductsRefunds(t *testing.T) {
	s := spendingAndRefunds.published(t)
	s.Want(
		"SELECT list(merchant_key || ' ' || net_minor || ' ' || transaction_count || ' ' || is_new ORDER BY "+
			"merchant_key)::VARCHAR FROM expenses.merchant_month",
		"[BLUE OWL COFFEE 1000 2 true, CORNER BISTRO 600 1 true]",
	)
	s.Want("SELECT suppressed_by FROM ledger.transactions WHERE status = 'pending'", "fctxn_05")
}

var sameDays = map[string]*story{"utc_date": tellDays(0), "local_time": tellDays(16)}

// tellDays tells of thirty purchases at an hour, in UTC.
func tellDays(hour int) *story {
	var b books
	for day := 1; day <= 30; day++ {
		b.post(day, hour, -100, "KROGER #412")
	}
	return sharedInNewYork.tell(b.landed(33), schema.Landed{})
}

func TestDatesOfABankThatKnowsOnlyDates(t *testing.T) {
	for basis, told := range sameDays {
		s := told.published(t)
		s.Want("SELECT date_basis FROM ledger.accounts", basis)
		s.Want(
			"SELECT min(posted_date) || ' ' || max(transacted_date) || ' ' || count(DISTINCT posted_date) FROM "+
				"ledger.transactions",
			"2026-05-01 2026-05-30 30",
		)
		s.Want("SELECT list(month || ' ' || net_minor || ' ' || transaction_count ORDER BY month) "+
			"FILTER (net_minor > 0) FROM expenses.category_month", "[2026-05 3000 30]")
	}
}

var twoCurrencies = tellBooks(20, func(b *books) {
	b.post(2, 9, -1200, "SQ *BLUE OWL COFFEE")
	b.post(3, 9, -500000, "SQ *BLUE OWL COFFEE").Currency = "jpy"
})

func TestCurrenciesAreNeverAdded(t *testing.T) {
	s := twoCurrencies.published(t)
	s.Want(
		"SELECT list(currency || ' ' || net_minor ORDER BY currency)::VARCHAR FROM expenses.merchant_month",
		"[jpy 500000, usd 1200]",
	)
	s.Want(
		"SELECT list(currency || ' ' || outflow_gross_minor ORDER BY currency)::VARCHAR FROM "+
			"underwriting.cash_flow_month",
		"[jpy 500000, usd 1200]",
	)
}
