package models_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

const classOf = "SELECT string_agg(class || ' ' || residual_minor, '; ' ORDER BY anchor_date) FROM " +
	"quality.reconciliation"

// A row that had posted when the balance was read, and was voided afterwards, was in the balance until then.
var voidedAfterBalance = tellBooks(8, func(b *books) {
	b.post(1, 9, 1000, "ACME PAYROLL PPD")
	b.observe(2, 22, 1000)
	void := b.post(3, 9, -300, "KROGER #412")
	void.Status, void.VoidAt = "void", new(date(5, 5, 9))
	b.observe(4, 22, 700)
	b.observe(6, 22, 1000)
})

func TestAVoidAfterTheBalanceIsExplained(t *testing.T) {
	s := voidedAfterBalance.published(t)
	s.Want(classOf, "proved 0; proved 0")
	s.Want(
		"SELECT list(end_of_day_minor ORDER BY day)::VARCHAR FROM ledger.daily_balances WHERE day <= '2026-05-06'",
		"[1000, 1000, 700, 700, 1000, 1000]",
	)
	s.Want(
		"SELECT inflow_gross_minor || ' ' || outflow_gross_minor FROM underwriting.cash_flow_month WHERE month = "+
			"'2026-05'",
		"1000 0",
	)
	s.Want(
		"SELECT voided_date || ' ' || (posted_date < voided_date) FROM ledger.transactions WHERE status = 'void'",
		"2026-05-05 true",
	)
}

// The same across the end of a month: the days have it, the month's balances follow its flows and say so.
var voidedNextMonth = tellHousehold(func(h *household) {
	h.account("fca_1", "cus_1", date(6, 20, 10), nil)
	h.post("fca_1", date(3, 1, 9), 1000)
	row := h.post("fca_1", date(4, 29, 9), -300)
	row.Status, row.VoidAt = "void", new(date(5, 2, 9))
	h.post("fca_1", date(5, 9, 9), 5)
	h.observe("fca_1", date(6, 20, 9), 1005)
})

func TestAVoidOfAnotherMonthHasAState(t *testing.T) {
	s := voidedNextMonth.published(t)
	s.Want(
		monthsOf+"'cus_1' AND month < '2026-06'",
		"2026-03 complete 1/1 starts_in_month - +1000 -0 1000; 2026-04 complete 1/1 voided 1000 +0 -0 1000; 2026-05 "+
			"complete 1/1 voided 1000 +5 -0 1005",
	)
	s.Want("SELECT end_of_day_minor FROM ledger.daily_balances WHERE day = '2026-04-30'", "700")
	s.Want("SELECT minimum_balance_minor FROM underwriting.cash_flow_month WHERE month = '2026-04'", "700")
}

// A bank that never had the voided row in its balance.
var voidNeverInBalance = tellBooks(8, func(b *books) {
	b.post(1, 9, 1000, "ACME PAYROLL PPD")
	b.observe(2, 22, 1000)
	void := b.post(3, 9, -300, "KROGER #412")
	void.Status, void.VoidAt = "void", new(date(5, 5, 9))
	b.observe(4, 22, 1000)
})

func TestAVoidTheBalanceNeverHadIsExplained(t *testing.T) {
	voidNeverInBalance.published(t).Want(classOf, "voided 300")
}

// No verdict where rows cannot be there; a row that is missing where they are is noticed.
var rowsNotHeld = tellBooks(8, func(b *books) {
	b.post(1, 9, 1000, "ACME PAYROLL PPD")
	b.post(3, 9, -1, "KROGER #412")
	b.observe(2, 22, 1000)
	b.observe(4, 22, 999)
	b.observe(6, 22, 900) // the feed misses -99
	b.observe(8, 11, 850) // complete through noon: covered, the feed misses -50
	b.observe(9, 22, 123) // beyond
})

// The same balances of an account that does not share its transactions.
var balancesAlone = sharedHouseholds.tell(withoutTransactions(rowsNotHeld.first), schema.Landed{})

func withoutTransactions(landed schema.Landed) schema.Landed {
	account := storetest.Account("fca_1")
	account.Permissions, account.TransactionRefresh = []string{"balances"}, nil
	return schema.Landed{Accounts: []schema.Account{account}, Balances: landed.Balances}
}

func TestNoVerdictWhereRowsAreNotHeld(t *testing.T) {
	s := rowsNotHeld.published(t)
	s.Want(classOf, "proved 0; unexplained -99; unexplained -50; not_covered -727")
	s.Want(
		"SELECT string_agg(DISTINCT reconciled, ' ') FROM ledger.daily_balances WHERE day >= '2026-05-09'", "unproved",
	)
	s.Want("SELECT max(day)::DATE::VARCHAR FROM ledger.daily_balances", "2026-05-09")
	s.Want("SELECT count(*) FROM ledger.daily_balances WHERE day = '2026-05-08'", "1")

	s = balancesAlone.published(t)
	s.Want("SELECT string_agg(DISTINCT class, ' ') FROM quality.reconciliation", "not_covered")
	s.Want("SELECT count(*) FROM ledger.daily_balances", "5")
}

// A posted row whose amount the bank changed between two balances.
var correctedAmount = tellCorrected()

func tellCorrected() *story {
	var b books
	b.post(1, 9, 1000, "ACME PAYROLL PPD")
	b.post(3, 9, -300, "KROGER #412")
	b.observe(2, 22, 1000)
	b.observe(4, 22, 700)
	b.observe(8, 9, 650)
	corrected := b.rows[1]
	corrected.AmountMinor, corrected.UpdatedAt = -350, date(5, 6, 9)
	return sharedHouseholds.tell(b.landed(8), schema.Landed{Transactions: []schema.Transaction{corrected}})
}

func TestACorrectedAmountIsExplained(t *testing.T) {
	correctedAmount.published(t).Want(classOf, "doubtful 0; unexplained -50")
	correctedAmount.continued(t).Want(classOf, "corrected 50; corrected -50")
}

// A row of an impossible date may be what a balance misses.
var misdatedRow = tellMisdated()

func tellMisdated() *story {
	var b, later books
	b.post(1, 9, 1000, "ACME PAYROLL PPD")
	b.observe(2, 22, 1000)
	later.rows = b.rows
	row := later.post(4, 9, -300, "KROGER #412")
	row.TransactedAt, row.PostedAt = date(5, 4, 9).AddDate(-56, 0, 0), new(date(5, 4, 9).AddDate(-56, 0, 0))
	later.observe(6, 9, 700)
	at := date(5, 8, 9)
	return sharedHouseholds.tell(b.landed(3), schema.Landed{
		Transactions: later.rows[1:],
		Balances:     later.balances,
		Completions: []schema.Completion{
			{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &at},
		},
	})
}

func TestAMisdatedRowIsExplained(t *testing.T) {
	s := misdatedRow.continued(t)
	s.Want(classOf, "misdated -300")
	s.Want("SELECT sum(outflow_gross_minor) FROM underwriting.cash_flow_month", "300")
}

// What verify knows of derived tables.
func TestVerifyNoticesDerivedTablesThatLost(t *testing.T) {
	storetest.ForProof(t)
	var b books
	b.post(1, 9, 1000, "ACME PAYROLL PPD")
	b.observe(1, 22, 1000)
	b.observe(20, 22, 1000)
	s := b.publish(t, 31)
	whole := storetest.ReadFile(t, s.Layout().Database())
	for change, want := range map[string]string{
		"DELETE FROM underwriting.cash_flow_month WHERE month = '2026-05'": "does not hold the rows",
		"DELETE FROM underwriting.cash_flow_month":                         "has accounts and no row",
		"UPDATE underwriting.cash_flow_month SET closing_balance_minor = 5, " +
			"opening_balance_minor = 1": "closing less opening",
		"UPDATE underwriting.cash_flow_month SET inflow_gross_minor = NULL": "null without a reason",
		"DELETE FROM ledger.labels":                                         "main.transactions",
		"UPDATE quality.reconciliation SET class = 'unexplained'":           "is called unexplained",
		"INSERT INTO ledger.daily_balances SELECT account_key, currency, '2030-01-01', 1, basis, anchor_date, " +
			"reconciled, value_state FROM ledger.daily_balances": "no balance was read",
	} {
		if err := os.WriteFile(s.Layout().Database(), whole, 0o600); err != nil {
			t.Fatal(err)
		}
		s.Alter(s.Layout().Database(), change+"; CHECKPOINT")
		reader, err := reader.Open(t.Context(), s.Layout(), s.Settings())
		if err != nil {
			t.Fatal(err)
		}
		findings, err := check.VerifyQuick(t.Context(), reader, s.Layout())
		if err != nil ||
			!slices.ContainsFunc(
				findings, func(f schema.Finding) bool { return strings.Contains(f.Where+" "+f.What, want) },
			) {
			t.Errorf("%s\n got %v %v\nwant %s", change, findings, err, want)
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(s.Layout().Database(), whole, 0o600); err != nil {
		t.Fatal(err)
	}
}
