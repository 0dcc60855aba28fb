package models_test

import (
	"fmt"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/storetest"
)

// household is a store with several accounts, whose rows a test adds by account.
type household struct {
	landed schema.Landed
}

func date(month, day, hour int) time.Time {
	return time.Date(2026, time.Month(month), day, hour, 0, 0, 0, time.UTC)
}

// account adds one that is complete through an instant; zero: never.
func (h *household) account(id, holder string, through time.Time, change func(*schema.Account)) {
	a := storetest.Account(id)
	a.HolderID, a.Last4 = new(holder), new(id)
	if change != nil {
		change(&a)
	}
	h.landed.Accounts = append(h.landed.Accounts, a)
	if !through.IsZero() {
		h.landed.Completions = append(
			h.landed.Completions,
			schema.Completion{AccountID: id, CursorRefreshID: new("fctxnref_" + id), CompleteThroughAt: &through},
		)
	}
}

func (h *household) post(id string, at time.Time, amount int64) *schema.Transaction {
	h.landed.Transactions = append(h.landed.Transactions, schema.Transaction{
		TransactionID:        fmt.Sprintf("fctxn_%03d", len(h.landed.Transactions)),
		AccountID:            id,
		AmountMinor:          amount,
		Currency:             "usd",
		Description:          "KROGER #412",
		Status:               "posted",
		TransactedAt:         at,
		PostedAt:             &at,
		UpdatedAt:            at,
		TransactionRefreshID: "fctxnref_1",
	})
	return &h.landed.Transactions[len(h.landed.Transactions)-1]
}

func (h *household) observe(id string, at time.Time, amount int64) {
	h.landed.Balances = append(
		h.landed.Balances,
		schema.Balance{AccountID: id, Currency: "usd", BalanceType: "cash", CurrentMinor: &amount, AsOf: at},
	)
}

func (h *household) publish(t *testing.T) *storetest.Store {
	t.Helper()
	s := storetest.NewDerivedStore(t)
	s.Clock, s.Zone = date(6, 20, 11), "UTC"
	s.Round(h.landed)
	return s
}

const monthsOf = `SELECT string_agg(month || ' ' || flow_state || ' ' || covered_account_count || '/' || account_count
	|| ' ' || balance_state || ' ' ||
	coalesce(opening_balance_minor::VARCHAR, '-') || ' +' || coalesce(inflow_gross_minor::VARCHAR, '-') || ' -' ||
		coalesce(outflow_gross_minor::VARCHAR, '-') || ' ' ||
	coalesce(closing_balance_minor::VARCHAR, '-'), '; ' ORDER BY month) FROM underwriting.cash_flow_month WHERE
		holder_id = `

// A holder moves from a bank to another: the first account ends at zero and is inactive then.
var changedBanks = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(4, 20, 12), func(a *schema.Account) { a.Status = "inactive" })
	h.account("fca_b", "cus_1", date(6, 20, 12), nil)
	h.post("fca_a", date(2, 10, 9), 1000)
	h.post("fca_a", date(3, 10, 9), 500)
	h.post("fca_a", date(4, 18, 9), -1500)
	h.observe("fca_a", date(4, 20, 11), 0)
	h.post("fca_b", date(4, 17, 9), 1500)
	h.post("fca_b", date(5, 9, 9), -200)
	h.observe("fca_b", date(6, 20, 11), 1300)
})

func TestHolderWhoChangedBanksKeepsEveryMonth(t *testing.T) {
	s := changedBanks.published(t)
	s.Want(
		monthsOf+"'cus_1'",
		"2026-02 partial 1/1 starts_in_month - +1000 -0 1000; 2026-03 complete 1/1 known 1000 +500 -0 1500; "+
			"2026-04 complete 2/2 known 1500 +1500 -1500 1500; 2026-05 complete 1/1 known 1500 +0 -200 1300; "+
			"2026-06 partial 0/1 not_covered 1300 +0 -0 -",
	)
	s.Want("SELECT closed_date FROM ledger.cash_accounts WHERE account_key = 'fca_a'", "2026-04-20")
}

// An account that broke with money on it is not closed: from then on a share of the flow is missing.
var brokenAccount = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(4, 20, 12), func(a *schema.Account) { a.Status = "inactive" })
	h.account("fca_b", "cus_1", date(6, 20, 12), nil)
	for month := 2; month <= 4; month++ {
		h.post("fca_a", date(month, 1, 9), 3000)
		h.post("fca_a", date(month, 2, 9), -2000)
	}
	for month := 2; month <= 6; month++ {
		h.post("fca_b", date(month, 1, 9), 300)
	}
	h.observe("fca_a", date(4, 20, 11), 3000)
	h.observe("fca_b", date(6, 20, 11), 1500)
})

func TestAccountThatBreaksLeavesAShareUncovered(t *testing.T) {
	s := brokenAccount.published(t)
	s.Want(
		"SELECT string_agg(month || ' ' || is_partial || ' ' || covered_days || ' ' || covered_flow_per_mille || ' "+
			"' || balance_state, '; ' ORDER BY month) FROM underwriting.cash_flow_month",
		"2026-02 false 28 1000 starts_in_month; 2026-03 false 31 1000 known; 2026-04 true 19 651 not_covered; "+
			"2026-05 true 0 49 not_covered; 2026-06 true 0 31 not_covered",
	)
	s.Want("SELECT max(day) FROM ledger.holder_daily_balances", "2026-04-20")
}

// An account whose history begins with money on it: its first month has no opening balance, and no other month is lost.
var begunWithMoney = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	h.account("fca_b", "cus_1", date(6, 20, 12), nil)
	h.post("fca_a", date(2, 1, 9), 100)
	h.post("fca_b", date(4, 10, 9), -50)
	h.observe("fca_a", date(6, 20, 11), 1000)
	h.observe("fca_b", date(6, 20, 11), 450)
})

func TestAccountThatBeginsWithMoneyHasNoOpening(t *testing.T) {
	s := begunWithMoney.published(t)
	s.Want(
		monthsOf+"'cus_1' AND month < '2026-06'",
		"2026-02 complete 1/1 starts_in_month - +100 -0 1000; 2026-03 complete 1/1 known 1000 +0 -0 1000; "+
			"2026-04 complete 2/2 starts_in_month - +0 -50 1450; 2026-05 complete 2/2 known 1450 +0 -0 1450",
	)
}

// Balances and flows are of the same accounts, or null with a reason; and every holder is there.
var everyHolder = tellHousehold(func(h *household) {
	for _, holder := range []string{"cus_no_balance", "cus_extra_balance"} {
		h.account("fca_1"+holder, holder, date(6, 20, 12), nil)
		h.post("fca_1"+holder, date(4, 10, 9), 700)
		h.post("fca_1"+holder, date(5, 10, 9), -100)
		h.observe("fca_1"+holder, date(6, 20, 11), 600)
	}
	h.account(
		"fca_2cus_no_balance", "cus_no_balance", date(6, 20, 12),
		func(a *schema.Account) { a.Permissions = []string{"transactions"} },
	)
	h.post("fca_2cus_no_balance", date(5, 3, 9), -40)
	onlyBalances := func(a *schema.Account) { a.Permissions, a.TransactionRefresh = []string{"balances"}, nil }
	h.account("fca_2cus_extra_balance", "cus_extra_balance", time.Time{}, onlyBalances)
	h.observe("fca_2cus_extra_balance", date(5, 1, 11), 9000)
	h.observe("fca_2cus_extra_balance", date(6, 20, 11), 8000)
	h.account("fca_only", "cus_only_balance", time.Time{}, onlyBalances)
	h.observe("fca_only", date(6, 19, 11), -5)
	h.observe("fca_only", date(6, 20, 11), 15)
	h.account(
		"fca_card", "cus_card", date(6, 20, 12),
		func(a *schema.Account) { a.Category, a.Subcategory = "credit", "credit_card" },
	)
	h.post("fca_card", date(5, 3, 9), -40)
	h.account(
		"fca_none", "cus_none", time.Time{}, func(a *schema.Account) { a.Permissions = []string{"payment_method"} },
	)
	h.account("fca_new", "cus_new", time.Time{}, nil)
})

func TestEveryHolderIsThereAndNullsHaveReasons(t *testing.T) {
	s := everyHolder.published(t)
	for holder, want := range map[string]string{
		"cus_no_balance": "2026-04 partial 1/1 starts_in_month - +700 -0 700; 2026-05 complete 2/2 not_observed " +
			"700 +0 -140 -; 2026-06 partial 0/2 not_covered - +0 -0 -",
		"cus_extra_balance": "2026-04 partial 1/1 starts_in_month - +700 -0 700; 2026-05 unheld 1/2 unheld 700 +0 " +
			"-100 600; 2026-06 partial 0/2 not_covered 600 +0 -0 -",
		"cus_only_balance": "2026-06 not_shared 0/1 not_covered - +- -- -",
		"cus_card":         "2026-06 no_cash_account 0/0 no_cash_account - +- -- -",
		"cus_none":         "2026-06 not_shared 0/1 not_observed - +- -- -",
		"cus_new":          "2026-06 not_covered 0/1 not_observed - +- -- -",
	} {
		s.Want(monthsOf+duck.Quote(holder), want)
	}
	s.Want(
		"SELECT average_balance_minor || ' ' || negative_days || ' ' || balance_days FROM "+
			"underwriting.cash_flow_month WHERE holder_id = 'cus_only_balance'",
		"5 1 2",
	)
	s.Want(
		"SELECT string_agg(DISTINCT currency, ' ' ORDER BY currency) FROM underwriting.cash_flow_month WHERE "+
			"holder_id IN ('cus_card', 'cus_none', 'cus_new')",
		"xxx",
	)
	s.Want("SELECT string_agg(account_key, ' ' ORDER BY account_key) FROM ledger.accounts WHERE coverage_end IS NULL",
		"fca_2cus_extra_balance fca_new fca_none fca_only")
}

// A chain of relinked accounts with weeks between the two: nothing is said of the days that are held by neither.
var gapOfRelinked = tellDecided(map[string]string{"fca_b": "fca_a"}, func(h *household) {
	h.account("fca_a", "cus_1", date(3, 10, 12), nil)
	h.account("fca_b", "cus_1", date(6, 20, 12), func(a *schema.Account) { a.CreatedAt = date(4, 20, 8) })
	h.post("fca_a", date(2, 1, 9), 100)
	h.observe("fca_a", date(3, 9, 11), 1000)
	h.post("fca_b", date(4, 20, 9), -50)
	h.observe("fca_b", date(6, 20, 11), 700)
})

func TestGapOfARelinkedAccountIsNotCovered(t *testing.T) {
	s := gapOfRelinked.continued(t)
	s.Want(
		"SELECT string_agg(first_day || ' ' || last_day, '; ' ORDER BY first_day) FROM ledger.coverage",
		"2026-02-01 2026-03-09; 2026-04-20 2026-06-19",
	)
	s.Want("SELECT string_agg(class, ' ') FROM quality.reconciliation", "not_covered")
	s.Want("SELECT count(*) FROM ledger.daily_balances WHERE day BETWEEN '2026-03-10' AND '2026-04-19'", "0")
	s.Want(
		"SELECT string_agg(month || ' ' || is_partial, ' ' ORDER BY month) FROM underwriting.cash_flow_month",
		"2026-02 false 2026-03 true 2026-04 true 2026-05 false 2026-06 true",
	)
}

// A bank that a holder connects again does not send the months between: its balances say that money moved.
var cameBack = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	for month := 1; month <= 6; month++ {
		if month < 3 || month > 4 {
			h.post("fca_a", date(month, 5, 9), 3000)
			h.post("fca_a", date(month, 9, 9), -1000)
		}
	}
	h.observe("fca_a", date(2, 20, 11), 4000)
	h.observe("fca_a", date(5, 20, 11), 9000)
	h.observe("fca_a", date(6, 20, 11), 11000)
})

// TestMonthsThatTheBankDidNotSendAreNotComplete: their sums are 0, and a state says that balances disagree.
func TestMonthsThatTheBankDidNotSendAreNotComplete(t *testing.T) {
	s := cameBack.published(t)
	s.Want("SELECT string_agg(class, ' ' ORDER BY anchor_date) FROM quality.reconciliation", "unexplained doubtful")
	s.Want(
		monthsOf+"'cus_1'",
		"2026-01 partial 1/1 starts_in_month - +3000 -1000 2000; "+
			"2026-02 unreconciled 1/1 unreconciled - +3000 -1000 -; 2026-03 unreconciled 1/1 unreconciled - +0 -0 -; "+
			"2026-04 unreconciled 1/1 unreconciled - +0 -0 -; 2026-05 unreconciled 1/1 unreconciled - +3000 -1000 -; "+
			"2026-06 partial 0/1 not_covered 9000 +3000 -1000 -",
	)
	s.Want(`SELECT string_agg(month || ' ' || is_partial, ' ' ORDER BY month) FROM underwriting.cash_flow_month`,
		"2026-01 true 2026-02 true 2026-03 true 2026-04 true 2026-05 true 2026-06 true")
	s.Want(`SELECT string_agg(strftime(month_start, '%m') || ' ' || month_state, ' ' ORDER BY month_start)
		FROM expenses.month_states`,
		"01 begins 02 unreconciled 03 unreconciled 04 unreconciled 05 unreconciled 06 unfinished")
	s.Want("SELECT string_agg(DISTINCT month_state, ' ') FROM expenses.income_statement_month WHERE month = '2026-05'",
		"unreconciled")
	s.Want("SELECT count(*) FROM underwriting.income_month WHERE NOT is_partial", "0")
	s.Want(`SELECT string_agg(DISTINCT strftime(day, '%m'), ' ' ORDER BY strftime(day, '%m')) FROM expenses.daily
		WHERE is_held`, "01 06")
}

// A bank leaves out what an account paid, and states balances until the day on which it was read.
var wrongUntilNow = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	for month := 4; month <= 6; month++ {
		h.post("fca_a", date(month, 5, 9), -1000).Description = "KROGER #412"
		h.post("fca_a", date(month, 15, 9), -500).Description = "KROGER #412"
	}
	h.observe("fca_a", date(5, 20, 11), 9000)
	h.observe("fca_a", date(6, 19, 11), 2000)
})

// TestTheRunningMonthIsNotPacedWhereBalancesDisagree: what its rows say of its days is not to be relied on.
func TestTheRunningMonthIsNotPacedWhereBalancesDisagree(t *testing.T) {
	s := wrongUntilNow.published(t)
	s.Want("SELECT string_agg(class, ' ' ORDER BY anchor_date) FROM quality.reconciliation", "unexplained")
	s.Want(`SELECT string_agg(strftime(month_start, '%m') || ' ' || month_state, ' ' ORDER BY month_start)
		FROM expenses.month_states`, "04 begins 05 unreconciled 06 unreconciled")
	s.Want("SELECT count(*) FROM expenses.category_pace", "0")
	s.Want(`SELECT string_agg(month || ' ' || month_state || ' ' || coalesce(pace_minor::VARCHAR, '-'), ' ')
		FROM expenses.category_month WHERE month = '2026-06'`, "2026-06 unreconciled -")
}
