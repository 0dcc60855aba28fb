package models_test

import (
	"testing"
	"time"

	"fcpipe/schema"
)

// reasonOf is why an attribute of the holder is not OK.
func reasonOf(attribute, window string) string {
	return `SELECT coalesce(state_reason, '-') FROM underwriting.attribute_values WHERE account_key = ''
		AND currency = 'usd' AND attribute = '` + attribute + `' AND window_name = '` + window + `'`
}

// beside is a holder with a clean account, and another one that is never read.
func beside(change func(*schema.Account)) *story {
	return tellHousehold(func(h *household) {
		ninetyDays(h, "fca_a")
		h.account("fca_b", "cus_1", time.Time{}, func(a *schema.Account) {
			a.Subcategory = "savings"
			change(a)
		})
	})
}

// wantMissing expects numbers of all of the holder's cash that are without an account.
func wantMissing(t *testing.T, s *ownRows, kind string) {
	t.Helper()
	wantValues(t, s, map[string]string{
		"balance_current_minor now": "PARTIAL 322000", "balance_daily_avg_minor 30d": "PARTIAL 293000",
		"balance_days_since_negative now": "NO_DATA -", "flow_net_minor 30d": "PARTIAL 60000",
		"income_all_minor 90d": "PARTIAL 270000", "coverage_days 90d": "PARTIAL 90",
		"coverage_transaction_count 30d": "PARTIAL 60", "distress_fee_count 90d": "PARTIAL 0",
		"flow_net_minor 365d": "NOT_COVERED -",
	})
	wantRowsMissing(s, kind)
	s.Want(reasonOf("balance_current_minor", "now"),
		"without 1 linked account ("+kind+"), of which rows or balances are not held")
	s.Want(reasonOf("balance_days_since_negative", "now"),
		"not in 111 days; without 1 linked account ("+kind+"), of which rows or balances are not held")
}

// wantRowsMissing expects a reason that says which account's rows are not held.
func wantRowsMissing(s *ownRows, kind string) {
	s.t.Helper()
	for _, attribute := range []string{"flow_net_minor", "income_all_minor", "coverage_days"} {
		s.Want(reasonOf(attribute, "90d"), "without 1 linked account ("+kind+"), of which rows are not held")
	}
}

func sharesNothing(a *schema.Account) { a.Permissions = []string{"payment_method"} }

var (
	nothingShared  = beside(sharesNothing)
	neverRefreshed = beside(func(*schema.Account) {})
	needsLogin     = beside(func(a *schema.Account) { a.Status = "inactive" })
)

// TestAnAccountThatSharesNothingIsFelt: whatever of the holder may be more or less by what it holds is not OK, and
// says which account is missing. One that was not read yet is no better, nor one whose bank asks for a login.
func TestAnAccountThatSharesNothingIsFelt(t *testing.T) {
	for _, told := range []*story{nothingShared, neverRefreshed, needsLogin} {
		wantMissing(t, told.published(t), "savings")
	}
	s := nothingShared.published(t)
	s.Want(`SELECT value_state || ' ' || state_reason FROM underwriting.attribute_values WHERE account_key = 'fca_b'
		AND attribute = 'flow_in_gross_minor' AND window_name = '30d'`, "NOT_COVERED rows were never held")
	wantAccountValues(s, "fca_a", map[[2]string]string{{"balance_daily_avg_minor", "30d"}: "OK 293000"})
	s.Want(accountsOf, "2026-03 unheld fca_a-fca_b 1000; 2026-04 unheld fca_a-fca_b 1000; "+
		"2026-05 unheld fca_a-fca_b 1000; 2026-06 partial -fca_a+fca_b 633")
	wantValues(t, s, map[string]string{"coverage_accounts_cash_count now": "OK 2"})
	s.Want(`SELECT string_agg(measure || ' ' || value_state || ' ' || coalesce(value_minor::VARCHAR, '-'), '; '
		ORDER BY measure) FROM underwriting.affordability WHERE measure = 'next30_low'
		OR (cadence = 'monthly' AND buffer_minor = 0 AND window_name = '90d')`,
		"next30_low PARTIAL 322000; payment_max PARTIAL -")
}

var balanceAlone = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_b", "cus_1", time.Time{}, func(a *schema.Account) {
		a.Permissions, a.Subcategory = []string{"balances"}, "savings"
	})
	h.observe("fca_b", date(6, 19, 11), 900000)
	h.observe("fca_b", date(6, 20, 11), 900000)
})

// TestABalanceWithoutRowsIsInNoSum: of an account that shares balances alone no flow is known before or after its first
// balance, and the holder's balance is without it.
func TestABalanceWithoutRowsIsInNoSum(t *testing.T) {
	s := balanceAlone.published(t)
	wantMissing(t, s, "savings")
	wantAccountValues(s, "fca_b", map[[2]string]string{{"balance_current_minor", "now"}: "NOT_COVERED -"})
	wantValues(t, s, map[string]string{"flow_net_minor 61_90d": "PARTIAL 60000"})
}

var rowsAlone = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_b", "cus_1", date(6, 20, 12), func(a *schema.Account) { a.Permissions = []string{"transactions"} })
})

// TestAnAccountWithoutRowsAndBalanceIsInNoBalance: that nothing moved is known of an account that was read, so flows
// are OK; what lies on it is not.
func TestAnAccountWithoutRowsAndBalanceIsInNoBalance(t *testing.T) {
	s := rowsAlone.published(t)
	wantValues(t, s, map[string]string{
		"balance_current_minor now": "PARTIAL 322000", "balance_daily_avg_minor 30d": "PARTIAL 293000",
		"flow_net_minor 30d": "OK 60000", "coverage_days 90d": "OK 90",
	})
	s.Want(reasonOf("balance_daily_avg_minor", "30d"),
		"without 1 linked account (checking), of which rows or balances are not held")
}

var firstRowsAlone = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_b", "cus_1", time.Time{}, nil)
	h.post("fca_b", date(6, 1, 9), 50)
	h.observe("fca_b", date(6, 20, 11), 50)
})

// TestRowsOfAnUnfinishedFetchAreNotTheAccount: others may be to come.
func TestRowsOfAnUnfinishedFetchAreNotTheAccount(t *testing.T) {
	wantRowsMissing(firstRowsAlone.published(t), "checking")
}

var (
	disconnected = beside(func(a *schema.Account) { a.Status = "disconnected" })
	closedUnread = tellHousehold(func(h *household) {
		ninetyDays(h, "fca_a")
		h.account("fca_b", "cus_1", time.Time{}, func(a *schema.Account) {
			a.Status, a.Permissions = "inactive", []string{"balances"}
		})
		h.observe("fca_b", date(5, 1, 11), 7000)
		h.observe("fca_b", date(5, 20, 11), 0)
	})
	leftWithMoney = tellHousehold(func(h *household) {
		ninetyDays(h, "fca_a")
		h.account("fca_b", "cus_1", time.Time{}, func(a *schema.Account) {
			a.Status, a.Permissions = "disconnected", []string{"balances"}
		})
		h.observe("fca_b", date(5, 20, 11), 7000)
	})
)

// TestAnAccountCountsWithinItsOwnLife: one that was disconnected, or closed with nothing left, is missing from spans
// that reach into its life, and from no number of now; one with money on it may live on.
func TestAnAccountCountsWithinItsOwnLife(t *testing.T) {
	wantValues(t, disconnected.published(t), map[string]string{
		"flow_net_minor 30d": "PARTIAL 60000", "balance_current_minor now": "OK 322000",
	})
	wantValues(t, closedUnread.published(t), map[string]string{
		"flow_net_minor 30d": "OK 60000", "flow_net_minor 31_60d": "PARTIAL 60000",
		"balance_daily_avg_minor 30d": "OK 293000", "balance_current_minor now": "OK 322000",
	})
	wantValues(t, leftWithMoney.published(t), map[string]string{
		"flow_net_minor 30d": "PARTIAL 60000", "balance_current_minor now": "PARTIAL 322000",
	})
}

const heldMonths = `SELECT string_agg(strftime(month_start, '%m') || ' ' || month_state || ' ' || complete_before, ', '
	ORDER BY month_start) FROM expenses.month_states`

const flowStates = `SELECT string_agg(DISTINCT flow_state || ' ' || balance_state, ', ')
	FROM underwriting.cash_flow_month WHERE month BETWEEN '2026-04' AND '2026-05'`

// TestMonthsAreNotCompleteWithoutAnAccount: sums of spending are without an account whose rows were never held, while
// it counts; months that lack it are compared with one another, and none that has all with one that lacks it.
func TestMonthsAreNotCompleteWithoutAnAccount(t *testing.T) {
	s := nothingShared.published(t)
	s.Want(heldMonths, "03 unheld 0, 04 unheld 1, 05 unheld 2, 06 unfinished 3")
	s.Want(`SELECT string_agg(DISTINCT month_state || ' ' || is_partial, ', ') FROM expenses.income_statement_month
		WHERE month < '2026-06'`, "unheld true")
	s.Want(flowStates, "unheld unheld")
	closedUnread.published(t).Want(heldMonths, "03 unheld 0, 04 unheld 1, 05 unheld 2, 06 unfinished 0")
	rowsAlone.published(t).Want(heldMonths, "03 complete 0, 04 complete 1, 05 complete 2, 06 begins 3")
	laterRead.published(t).Want(heldMonths, "03 unheld 0, 04 unheld 1, 05 unheld 2, 06 unfinished 3")
	continued := laterRead.continued(t)
	continued.Want(heldMonths, "03 complete 0, 04 complete 1, 05 complete 2, 06 unfinished 3")
	continued.Want(flowStates, "complete known")
}

func creditCard(kind string, permissions ...string) func(*schema.Account) {
	return func(a *schema.Account) { a.Category, a.Subcategory, a.Permissions = "credit", kind, permissions }
}

var (
	cardShared = beside(creditCard("credit_card", "payment_method"))
	cardOwed   = tellHousehold(func(h *household) {
		ninetyDays(h, "fca_a")
		h.account("fca_b", "cus_1", time.Time{}, creditCard("credit_card", "balances"))
		h.observe("fca_b", date(6, 20, 11), -5000)
	})
	homeLoan = beside(creditCard("mortgage", "payment_method"))
)

// TestACardThatSharesNothingHidesSpending: flows are without it and balances are not; what it owes is known where it
// shares that. The rows of a mortgage are payments of cash accounts.
func TestACardThatSharesNothingHidesSpending(t *testing.T) {
	for _, told := range []*story{cardShared, cardOwed} {
		s := told.published(t)
		wantRowsMissing(s, "credit card")
		wantValues(t, s, map[string]string{
			"flow_out_net_minor 30d": "PARTIAL 30000", "balance_daily_avg_minor 30d": "OK 293000",
			"balance_current_minor now": "OK 322000",
		})
	}
	wantValues(t, homeLoan.published(t), map[string]string{"flow_out_net_minor 30d": "OK 30000"})
	owed := `SELECT value_state || ' ' || coalesce(value_integer::VARCHAR, '-') FROM underwriting.attribute_values
		WHERE account_key = 'fca_b' AND attribute = 'balance_credit_owed_minor'`
	cardShared.published(t).Want(owed, "NOT_COVERED -")
	cardOwed.published(t).Want(owed, "OK 5000")
}

var twiceLinked = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_b", "cus_1", time.Time{}, func(a *schema.Account) {
		sharesNothing(a)
		a.Last4 = new("fca_a")
	})
})

// TestAnAccountLinkedTwiceIsNotMissing: the bank, the kind and the last digits are those of one whose rows are held.
func TestAnAccountLinkedTwiceIsNotMissing(t *testing.T) {
	wantValues(t, twiceLinked.published(t), map[string]string{
		"flow_net_minor 30d": "OK 60000", "balance_current_minor now": "OK 322000",
	})
}

var nothingAtAll = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", time.Time{}, sharesNothing)
	h.account("fca_b", "cus_1", time.Time{}, func(a *schema.Account) { a.Status = "inactive" })
})

// TestAHolderWhoSharesNothingHasNoNumbers: none is OK but how many accounts there are.
func TestAHolderWhoSharesNothingHasNoNumbers(t *testing.T) {
	nothingAtAll.published(t).Want(`SELECT string_agg(said, '; ' ORDER BY said) FROM (
		SELECT DISTINCT value_state || CASE WHEN value_state = 'OK' THEN ' ' || attribute ELSE '' END AS said
		FROM underwriting.attribute_values WHERE account_key = '')`,
		"NOT_APPLICABLE; NOT_COVERED; OK coverage_accounts_cash_count; OK coverage_accounts_credit_count; "+
			"OK coverage_accounts_other_count")
}

var laterRead = func() *story {
	var first, later household
	ninetyDays(&first, "fca_a")
	first.account("fca_b", "cus_1", time.Time{}, nil)
	later.account("fca_b", "cus_1", date(6, 20, 14), nil)
	later.post("fca_b", date(3, 1, 9), 500).TransactionID = "fctxn_later"
	later.observe("fca_b", date(6, 20, 13), 500)
	return sharedHouseholds.tell(first.landed, later.landed)
}()

// TestAnAccountIsFeltUntilItIsRead: its first rows end the doubt, in a derivation that goes on from the one before.
func TestAnAccountIsFeltUntilItIsRead(t *testing.T) {
	wantValues(t, laterRead.published(t), map[string]string{"flow_net_minor 30d": "PARTIAL 60000"})
	wantValues(t, laterRead.continued(t), map[string]string{"flow_net_minor 30d": "OK 60000"})
}

// linkedLater is a holder with an account of more than a year, and one that was linked on 1 June with as much history
// as Stripe gives, with a balance beside its rows.
func linkedLater(change func(*schema.Account), minor int64) *story {
	return tellHousehold(func(h *household) {
		h.account("fca_a", "cus_1", date(6, 20, 12), nil)
		h.account("fca_b", "cus_1", date(6, 20, 12), func(a *schema.Account) {
			a.CreatedAt = date(6, 1, 8)
			change(a)
		})
		var sums [2]int64
		for at := date(6, 19, 15).AddDate(0, 0, -400); at.Before(date(6, 20, 11)); at = at.AddDate(0, 0, 1) {
			h.post("fca_a", at, 4000)
			sums[0] += 4000
			if at.After(date(6, 1, 0).AddDate(0, 0, -180)) {
				h.post("fca_b", at, minor)
				sums[1] += minor
			}
		}
		h.observe("fca_a", date(6, 20, 11), sums[0])
		h.observe("fca_b", date(6, 20, 11), sums[1]+700)
	})
}

var (
	muchLinkedLater   = linkedLater(func(*schema.Account) {}, 4000)
	littleLinkedLater = linkedLater(func(*schema.Account) {}, 40)
	cardLinkedLater   = linkedLater(creditCard("credit_card", "transactions", "balances"), -4000)
)

// TestAnAccountThatWasLinkedLaterLivedBefore: of one whose history is as long as Stripe gives rows of before are
// missing in the holder's longer one, and it counts by what it carries; what is held of both is covered.
func TestAnAccountThatWasLinkedLaterLivedBefore(t *testing.T) {
	s := muchLinkedLater.published(t)
	s.Want("SELECT string_agg(coverage_basis, ' ' ORDER BY account_key) FROM quality.coverage", "earlier vendor_limit")
	wantValues(t, s, map[string]string{
		"flow_net_minor 365d": "NOT_COVERED -", "balance_daily_avg_minor 365d": "NOT_COVERED -",
		"flow_net_minor 180d": "OK 1440000", "coverage_days 365d": "OK 199",
	})
	wantAccountValues(s, "fca_a", map[[2]string]string{{"coverage_days", "365d"}: "OK 365"})
	wantAccountValues(s, "fca_b", map[[2]string]string{{"coverage_days", "365d"}: "OK 199"})
	s = littleLinkedLater.published(t)
	wantValues(t, s, map[string]string{"flow_net_minor 365d": "PARTIAL 1467960", "flow_net_minor 180d": "OK 727200"})
	s.Want(reasonOf("flow_net_minor", "365d"), "of 1 accounts with little of the flow days are missing")
	s = cardLinkedLater.published(t)
	wantValues(t, s, map[string]string{
		"flow_net_minor 365d": "NOT_COVERED -", "balance_negative_days 365d": "PARTIAL 0",
		"flow_net_minor 180d": "OK 0",
	})
}
