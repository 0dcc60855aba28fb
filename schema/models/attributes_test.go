package models_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
)

// ninetyDays is a holder with one account that moves every day from March on and is complete until 20 June: income of
// 30.00 and spending of 10.00 a day, with a balance observed before and after.
func ninetyDays(h *household, account string) {
	h.account(account, "cus_1", date(6, 20, 12), nil)
	for at := date(3, 1, 15); at.Before(date(6, 20, 11)); at = at.AddDate(0, 0, 1) {
		h.post(account, at, 3000).Description = "ACME CORP PAYROLL PPD ID: 1234567890"
		h.post(account, at, -1000)
	}
	h.observe(account, date(3, 2, 11), 102000)
	h.observe(account, date(6, 20, 11), 102000+110*2000)
}

// asked is a published file that answers questions.
type asked interface {
	Query(question string) string
	Want(question, want string)
}

// wantValues asks for attributes of the holder, by name and span: state and value.
func wantValues(t *testing.T, s asked, want map[string]string) {
	t.Helper()
	for what, expected := range want {
		attribute, window, _ := strings.Cut(what, " ")
		s.Want(fmt.Sprintf(`SELECT value_state || ' ' || coalesce(value_integer::VARCHAR, value_double::VARCHAR, '-')
			FROM underwriting.attribute_values WHERE holder_id = 'cus_1' AND account_key = '' AND currency = 'usd'
			AND attribute = '%s' AND window_name = '%s'`, attribute, window), expected)
	}
}

var cleanHistory = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
})

// TestAttributesOfACleanHistoryAreExactAndOK: with every day held and proved, numbers are what a person would count.
func TestAttributesOfACleanHistoryAreExactAndOK(t *testing.T) {
	wantValues(t, cleanHistory.published(t), map[string]string{
		"flow_net_minor 30d": "OK 60000", "balance_negative_days 30d": "OK 0",
		"coverage_transaction_count 30d": "OK 60",
		"balance_daily_max_minor 30d":    "OK 322000", "balance_daily_min_minor 30d": "OK 264000",
		"balance_daily_avg_minor 30d": "OK 293000", "flow_net_minor 365d": "NOT_COVERED -",
		"balance_trend_slope 30d": "OK 2000.0", "balance_days_since_negative now": "NO_DATA -",
		"distress_fee_count 90d": "OK 0",
		// months of 31, 30 and 31 days
		"flow_in_month_sd 3m": "OK 1732.0508075688772", "flow_out_month_sd 3m": "OK 577.3502691896257",
	})
}

var tenDaysHidden = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	through := date(6, 10, 12)
	h.landed.Completions[0].CompleteThroughAt = &through
	var kept []schema.Transaction
	for _, row := range h.landed.Transactions {
		if row.TransactedAt.Before(through) {
			kept = append(kept, row)
		}
	}
	h.landed.Transactions = kept
})

// TestHideTenDaysOfHistory: every attribute that touches them is null with NOT_COVERED, and none becomes zero.
func TestHideTenDaysOfHistory(t *testing.T) {
	s := tenDaysHidden.published(t)
	wantValues(t, s, map[string]string{
		"flow_net_minor 30d": "NOT_COVERED -", "balance_daily_avg_minor 30d": "NOT_COVERED -",
		"flow_net_minor 31_60d": "OK 60000",
	})
	s.Want(`SELECT coalesce(string_agg(attribute || ' ' || value_state, ', '), '') FROM underwriting.attribute_values
		WHERE window_name = '30d' AND account_key = '' AND attribute NOT LIKE 'coverage%'
		AND value_state <> 'NOT_APPLICABLE'
		AND (value_state <> 'NOT_COVERED' OR value_integer IS NOT NULL OR value_double IS NOT NULL)`, "")
}

var oneRowDeleted = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.landed.Transactions = append(h.landed.Transactions[:100], h.landed.Transactions[101:]...)
})

// TestDeleteOneTransaction: the residual is its amount, and no attribute of balances is OK.
func TestDeleteOneTransaction(t *testing.T) {
	s := oneRowDeleted.published(t)
	s.Want("SELECT residual_minor FROM quality.reconciliation", "3000")
	wantValues(t, s, map[string]string{
		"balance_daily_avg_minor 30d": "UNRECONCILED -", "flow_net_minor 30d": "UNRECONCILED 60000",
	})
	s.Want(`SELECT count(*) FROM underwriting.attribute_values WHERE value_state = 'OK' AND attribute LIKE 'balance%'
		AND window_name <> 'now'`, "0")
}

var datedIn1970 = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.post("fca_a", time.Unix(0, 0).UTC(), -500)
})

// TestOneRowDatedIn1970: no number of the account is OK, since a date is wrong, and none is zero.
func TestOneRowDatedIn1970(t *testing.T) {
	s := datedIn1970.published(t)
	s.Want("SELECT array_to_string(failed_gates, ' ') FROM quality.coverage", "date")
	wantValues(t, s, map[string]string{"flow_net_minor 30d": "UNRECONCILED -"})
}

var youngSavings = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_b", "cus_1", date(6, 20, 12), nil)
	h.post("fca_b", date(6, 10, 9), 100)
	h.observe("fca_b", date(6, 20, 11), 100)
})

// TestYoungSavingsAccountHidesNoMonth: an account that did not exist yet is no gap.
func TestYoungSavingsAccountHidesNoMonth(t *testing.T) {
	wantValues(t, youngSavings.published(t), map[string]string{
		"flow_net_minor 90d": "OK 180100", "coverage_days 90d": "OK 90",
	})
}

// TestHolderWhoChangedBanksHasAttributes: the account that ended at zero is no gap afterwards, the new one none before.
func TestHolderWhoChangedBanksHasAttributes(t *testing.T) {
	wantValues(t, changedBanks.published(t), map[string]string{
		"coverage_days 90d": "OK 90", "flow_in_net_minor 90d": "OK 0", "flow_out_net_minor 30d": "OK 0",
	})
}

// TestOneStaleAccountOfFew: an account that carries the flow and is no longer held leaves the holder uncovered; what
// moved in the others is not taken for the whole.
func TestOneStaleAccountOfFew(t *testing.T) {
	wantValues(t, brokenAccount.published(t), map[string]string{
		"flow_net_minor 30d": "NOT_COVERED -", "income_all_minor 90d": "NOT_COVERED -",
	})
}

var noBalance = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.landed.Balances = nil
})

// TestNoBalanceAtAll: flows are there, and whatever needs a balance is not.
func TestNoBalanceAtAll(t *testing.T) {
	s := noBalance.published(t)
	s.Want("SELECT array_to_string(failed_gates, ' ') FROM quality.coverage", "balance")
	wantValues(t, s, map[string]string{
		"balance_daily_avg_minor 30d": "UNRECONCILED -", "flow_net_minor 30d": "UNRECONCILED 60000",
	})
}

var singleBalance = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.landed.Balances = h.landed.Balances[1:]
})

// TestASingleBalanceProvesNothing: days are rebuilt from it, and PARTIAL.
func TestASingleBalanceProvesNothing(t *testing.T) {
	wantValues(t, singleBalance.published(t), map[string]string{
		"balance_daily_avg_minor 30d": "PARTIAL 293000", "flow_net_minor 30d": "OK 60000",
	})
}

var dollarsAndYen = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_y", "cus_1", date(6, 20, 12), nil)
	h.post("fca_y", date(6, 1, 9), -777).Currency = "jpy"
	h.post("fca_y", date(3, 1, 9), -1).Currency = "jpy"
})

// TestTwoCurrenciesAreNeverAdded: each has rows of its own, and no row is of both.
func TestTwoCurrenciesAreNeverAdded(t *testing.T) {
	s := dollarsAndYen.published(t)
	wantValues(t, s, map[string]string{"flow_in_net_minor 30d": "OK 90000"})
	s.Want(`SELECT value_integer FROM underwriting.attribute_values WHERE account_key = '' AND currency = 'jpy'
		AND attribute = 'flow_out_net_minor' AND window_name = '30d'`, "777")
}

var churchAndDentist = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.post("fca_a", date(6, 1, 9), -5000).Description = "FIRST BAPTIST CHURCH"
	h.post("fca_a", date(6, 2, 9), -6000).Description = "SMILE FAMILY DENTAL"
})

// TestNoBlockedCategoryReachesUnderwriting: what gives to a church is in no class of its own, and of a doctor's bill
// only the group is there; both are in the sums.
func TestNoBlockedCategoryReachesUnderwriting(t *testing.T) {
	s := churchAndDentist.published(t)
	s.Want(`SELECT string_agg(DISTINCT category, ' ' ORDER BY category) FROM underwriting.flow_days
		WHERE out_minor IN (5000, 6000)`, "health withheld")
	s.Want(`SELECT count(*) FROM underwriting.flow_days f JOIN ledger.categories c ON c.code = f.category
		WHERE c.gate IN ('block', 'collapse')`, "0")
}
