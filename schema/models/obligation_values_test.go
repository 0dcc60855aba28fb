package models_test

import (
	"slices"
	"testing"
)

const toyota = "TOYOTA FINANCIAL SERVICES"

var (
	indebted = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2025-07-03", 12, -120000, "CHECK 1021"),
		monthly(1, "2025-07-10", 12, -32000, toyota),
		every(14, "2025-07-08", 25, 10000, "EARNIN ACTIVEHOURS"),
		every(14, "2025-07-18", 25, -10500, "EARNIN ACTIVEHOURS"),
		on("2026-05-20 2026-06-03 2026-06-17", -2500, "KLARNA PAYMENT"),
		on("2026-04-07 2026-04-21 2026-05-05 2026-05-19", -4000, "AFTERPAY PAYMENT"))
	paidOff = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2025-07-10", 9, -32000, toyota), on("2026-04-10", -11000, toyota))
	notPaid      = paidHolder(monthly(1, "2025-07-10", 10, -32000, toyota))
	noObligation = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage))
	paidOnce     = paidHolder(monthly(1, "2025-07-10", 12, -32000, toyota),
		on("2026-05-20", 64000, "ZELLE PAYMENT FROM JANE ROE"), on("2026-06-03", 9000, "INTEREST PAYMENT"),
		on("2026-06-05", -5000, "DRAFTKINGS"))
	gambler = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage), on("2026-06-05", -50000, "DRAFTKINGS"),
		on("2026-05-21", 300000, "SALARY OF A FORMER JOB"), monthly(1, "2025-07-10", 12, -32000, toyota))
)

// TestRatiosAreOfQualifiedIncome: debts and stakes are held to income that comes again, not to all that was called
// income; without any they have no ratio.
func TestRatiosAreOfQualifiedIncome(t *testing.T) {
	wantValues(t, gambler.published(t), map[string]string{
		"income_qualified_minor 90d": "OK 1400000", "income_all_minor 90d": "OK 1700000",
		"obligation_debt_service_ratio 90d": "OK 0.06857142857142857",
		"flow_gambling_income_ratio 30d":    "OK 0.08333333333333333",
	})
	wantValues(t, paidOnce.published(t), map[string]string{
		"income_qualified_minor 90d": "OK 0", "income_all_minor 90d": "OK 9000",
		"obligation_debt_service_ratio 90d": "NO_DATA -", "flow_gambling_income_ratio 90d": "NO_DATA -",
	})
}

// wonBack stakes more than it wins, in amounts that a refund might have.
var wonBack = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	on("2026-05-22 2026-06-05", -50000, "DRAFTKINGS"), on("2026-05-29", 50000, "DRAFTKINGS DES:PAYOUT"),
	on("2026-06-06", 12000, "FANDUEL WITHDRAWAL"), on("2026-06-07", 50000, "POS CREDIT DRAFTKINGS"))

// TestWinningsAreNeitherIncomeNorARefundOfStakes: each has a sum of its own.
func TestWinningsAreNeitherIncomeNorARefundOfStakes(t *testing.T) {
	s := wonBack.published(t)
	wantValues(t, s, map[string]string{
		"flow_gambling_in_minor 30d": "OK 112000", "flow_gambling_out_minor 30d": "OK 100000",
		"income_qualified_minor 30d": "OK 600000", "income_all_minor 30d": "OK 600000",
	})
	s.Want(`SELECT sum(net_minor) FROM expenses.category_month WHERE category = 'fun.gambling'`, "100000")
}

// wonALot wins more than all that was staked, in a text that says a return, as of a purchase.
var wonALot = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	on("2026-06-05 2026-06-09", -50000, "DRAFTKINGS"), on("2026-06-12", 500000, "RETURN 0612 DRAFTKINGS BOSTON MA"))

// TestWhatIsWonMakesNoStakeLess: neither where its text is that of a refund.
func TestWhatIsWonMakesNoStakeLess(t *testing.T) {
	s := wonALot.published(t)
	wantValues(t, s, map[string]string{
		"flow_gambling_in_minor 30d": "OK 500000", "flow_gambling_out_minor 30d": "OK 100000",
	})
	s.Want(`SELECT sum(net_minor) FROM expenses.category_month WHERE category = 'fun.gambling'`, "100000")
	s.Want(`SELECT reason || ' ' || in_minor FROM expenses.not_spent_month WHERE category = 'fun.gambling'`,
		"other_inflow 500000")
	s.Want(`SELECT (SELECT sum(-net_minor) FROM expenses.category_month)
			+ (SELECT sum(in_minor - out_minor) FROM expenses.not_spent_month)
		= (SELECT sum(amount_minor) FROM ledger.transactions WHERE status = 'posted')`, "true")
}

// TestObligations: what is owed a month, to how many, and what is left of income.
func TestObligations(t *testing.T) {
	wantValues(t, indebted.published(t), map[string]string{
		"obligation_fixed_month_minor 90d": "OK 157417", "obligation_rent_month_minor 90d": "OK 120000",
		"obligation_rent_streak_months 90d": "OK 12", "obligation_missed_payment_count 180d": "OK 0",
		"obligation_residual_income_minor 90d": "OK 275916", "obligation_lender_count 90d": "OK 4",
		"obligation_new_lender_count 90d": "OK 2", "obligation_ewa_app_count 30d": "OK 1",
		"obligation_bnpl_open_count 90d": "OK 1", "obligation_collections_count 90d": "OK 0",
		"obligation_child_support_paid_minor 90d": "OK 0", "obligation_ewa_cost_minor 30d": "OK 1500",
	})
}

// TestLoanPaidOffIsNoMissedPayment: the last payment differs from equal ones, as a final balance does.
func TestLoanPaidOffIsNoMissedPayment(t *testing.T) {
	wantValues(t, paidOff.published(t), map[string]string{
		"obligation_missed_payment_count 180d": "OK 0", "obligation_fixed_month_minor 90d": "OK 0",
		"obligation_rent_month_minor 90d": "NO_DATA -", "obligation_residual_income_minor 90d": "OK 433333",
	})
	wantValues(t, notPaid.published(t), map[string]string{
		"obligation_missed_payment_count 180d": "OK 1", "obligation_fixed_month_minor 90d": "OK 32000",
		"obligation_housing_ratio 90d": "NO_DATA -", "obligation_residual_income_minor 90d": "OK -32000",
	})
}

// TestNoObligationIsTrulyZero: nothing owed is zero where rows are held, and no number where they are not.
func TestNoObligationIsTrulyZero(t *testing.T) {
	wantValues(t, noObligation.published(t), map[string]string{
		"obligation_fixed_month_minor 90d": "OK 0", "obligation_lender_count 90d": "OK 0",
		"obligation_housing_ratio 90d": "OK 0.0",
	})
	wantValues(t, brokenAccount.published(t), map[string]string{
		"obligation_fixed_month_minor 90d": "NOT_COVERED -", "obligation_lender_count 90d": "NOT_COVERED -",
	})
}

var rentByName = paidHolder(monthly(1, "2025-07-03", 12, -120000, "ZILLOW RENTAL PAYMENT"))

// TestHowTheRentIsTold: by the words of its text, or by its amount and its days alone; without a rent not at all.
func TestHowTheRentIsTold(t *testing.T) {
	for s, want := range map[*story]string{
		rentByName: "OK NAMED", indebted: "OK PATTERN", paidOff: "NO_DATA ", brokenAccount: "NOT_COVERED ",
	} {
		s.published(t).Want(`SELECT value_state || ' ' || coalesce(value_text, '') FROM underwriting.attribute_values
			WHERE holder_id = 'cus_1' AND attribute = 'obligation_rent_strength'`, want)
	}
}

var (
	twoPlans = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		every(14, "2026-01-20", 4, -2500, "KLARNA* SHEIN 844-4552762 OH"),
		every(14, "2026-05-12", 3, -2500, "KLARNA* SHEIN 844-4552762 OH"))
	// of these a plan by the month had its fourth payment four weeks ago, and two have been paid every four weeks
	plansByTheMonth = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2026-02-24", 4, -6120, "AFFIRM.COM PAYME DES:AFFIRM.COM"))
	plansOfFourWeeks = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		every(28, "2025-07-09", 6, -2500, "KLARNA* SHEIN 844-4552762 OH"),
		every(28, "2026-03-18", 4, -2500, "KLARNA* SHEIN 844-4552762 OH"))
	planNotPaid = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		every(14, "2026-04-29", 3, -2500, "KLARNA* SHEIN 844-4552762 OH"))
)

// TestNothingIsMissedBetweenTwoPlans: instalments that were all paid on time are no stream with a hole in it; of one
// that was not paid the lack is counted.
func TestNothingIsMissedBetweenTwoPlans(t *testing.T) {
	wantValues(t, twoPlans.published(t), map[string]string{
		"obligation_missed_payment_count 180d": "OK 0", "obligation_bnpl_count 180d": "OK 7",
		"obligation_bnpl_open_count 90d": "OK 1",
	})
	wantValues(t, plansByTheMonth.published(t), map[string]string{"obligation_bnpl_open_count 90d": "OK 1"})
	wantValues(t, plansOfFourWeeks.published(t), map[string]string{
		"obligation_missed_payment_count 180d": "OK 0", "obligation_bnpl_open_count 90d": "OK 1",
	})
	wantValues(t, planNotPaid.published(t), map[string]string{"obligation_missed_payment_count 180d": "OK 1"})
}

var (
	inHalves = paidHolder(monthly(1, "2025-07-01", 12, -60000, "GREYSTAR DES:RENT WEB PMTS"),
		monthly(1, "2025-07-15", 12, -60000, "GREYSTAR DES:RENT WEB PMTS"))
	alwaysLate = paidHolder(on("2025-07-01 2025-08-05 2025-09-03 2025-10-12 2025-11-04 2025-12-20 2026-01-09 "+
		"2026-02-03 2026-03-18 2026-04-07 2026-05-22 2026-06-11", -120000, "GREYSTAR DES:RENT WEB PMTS"))
	// a loan of which two months were not paid, and then two at once
	twoAtOnce = paidHolder(monthly(1, "2025-07-10", 9, -32000, toyota), on("2026-06-10", -64000, toyota))
)

// TestAMonthOfRentAndOfALoan: halves are one rent of as many months, two rents of who pays late are not one, and what
// is paid for two months at once is no new price.
func TestAMonthOfRentAndOfALoan(t *testing.T) {
	wantValues(t, inHalves.published(t), map[string]string{
		"obligation_rent_month_minor 90d": "OK 120000", "obligation_rent_streak_months 90d": "PARTIAL 12",
	})
	wantValues(t, alwaysLate.published(t), map[string]string{"obligation_rent_month_minor 90d": "OK 120000"})
	wantValues(t, twoAtOnce.published(t), map[string]string{"obligation_fixed_month_minor 90d": "OK 32000"})
}

var (
	lateAfterARise = lateRent("2025-08-05 2025-09-03 2025-10-12 2025-11-04 2025-12-20 2026-01-09", 90000,
		"2026-02-03 2026-03-18 2026-04-07 2026-05-22 2026-06-11")
	roseLately = lateRent("2025-10-12 2025-11-04 2025-12-20 2026-01-09 2026-02-03 2026-03-18 2026-04-07", 90000,
		"2026-05-22 2026-06-11")
	rentsOfTwo = lateRent("2025-10-12 2025-11-04 2025-12-20 2026-01-09 2026-02-03 2026-03-18 2026-04-07", 70000,
		"2026-06-11")
	// two payments that may be two months' rent, or the halves of one
	twoOrHalves = lateRent("", 0, "2026-05-22 2026-06-11")
	dearerDebt  = paidHolder(on("2025-09-03 2025-11-20 2026-01-08", -10000, toyota),
		monthly(1, "2026-05-05", 2, -50000, toyota))
)

// lateRent is paid on no schedule: first so much a month, and then 1,400.00.
func lateRent(days string, minor int64, later string) *story {
	return paidHolder(on(days, -minor, "GREYSTAR DES:RENT WEB PMTS"), on(later, -140000, "GREYSTAR DES:RENT WEB PMTS"))
}

// TestARentThatRoseIsNotTheOneBefore: what is paid now counts, not what was paid over all the years; where payments may
// be those of one month or of two, the value says that it holds in part.
func TestARentThatRoseIsNotTheOneBefore(t *testing.T) {
	for told, want := range map[*story]string{
		lateAfterARise: "OK 140000", roseLately: "PARTIAL 140000", rentsOfTwo: "PARTIAL 70000",
		twoOrHalves: "PARTIAL 280000",
	} {
		wantValues(t, told.published(t), map[string]string{
			"obligation_rent_month_minor 90d": want, "obligation_fixed_month_minor 90d": want,
		})
	}
	wantValues(t, dearerDebt.published(t), map[string]string{"obligation_fixed_month_minor 90d": "OK 50000"})
}

var halfMissed = paidHolder(monthly(1, "2025-07-01", 11, -60000, "GREYSTAR DES:RENT WEB PMTS"),
	monthly(1, "2025-07-15", 12, -60000, "GREYSTAR DES:RENT WEB PMTS"))

// TestAMonthWithAHalfOfRentMissedIsNoneOfTheStreak: although its other half was paid later.
func TestAMonthWithAHalfOfRentMissedIsNoneOfTheStreak(t *testing.T) {
	wantValues(t, halfMissed.published(t), map[string]string{
		"obligation_missed_payment_count 180d": "OK 1", "obligation_rent_streak_months 90d": "OK 0",
	})
}

// without are payments but for those of some days.
func without(payments []payment, days ...string) []payment {
	return slices.DeleteFunc(payments, func(p payment) bool {
		return slices.Contains(days, p.day.Format("2006-01-02"))
	})
}

// paidAhead left out May, as two payments were made in April to one lender, and twice as much to another; of a
// third nothing was paid. An app until payday had its advance back, and a tip.
var paidAhead = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	without(monthly(1, "2025-07-12", 12, -32000, toyota), "2026-05-12"), on("2026-04-26", -32000, toyota),
	without(monthly(1, "2025-07-06", 12, -30000, oneMain), "2026-05-06"), on("2026-04-06", -30000, oneMain),
	without(monthly(1, "2025-07-08", 12, -21000, "NELNET STDNT LOAN"), "2026-05-08"),
	on("2026-05-01", 10000, "EARNIN ACTIVEHOURS"), on("2026-05-12", -10300, "EARNIN ACTIVEHOURS"),
	on("2026-05-12", -400, "EARNIN ACTIVEHOURS"))

// TestWhatWasPaidAheadWasNotMissed: nothing was due any more. What an app was paid for no advance makes its cost
// doubtful.
func TestWhatWasPaidAheadWasNotMissed(t *testing.T) {
	s := paidAhead.published(t)
	wantValues(t, s, map[string]string{
		"obligation_missed_payment_count 180d": "OK 1", "obligation_ewa_cost_minor 90d": "PARTIAL 300",
		"obligation_fixed_month_minor 90d": "OK 83000",
	})
	s.Want(`SELECT string_agg(concat_ws(' ', merchant_key, missed_count, next_date), ', ' ORDER BY merchant_key)
		FROM ledger.obligations`, "NELNET 1 2026-07-08, ONEMAIN FINANCIAL 1 2026-07-06, TOYOTA FINANCIAL 0 2026-07-12")
	s.Want(`SELECT concat_ws(' ', state, payment_date, days_late) FROM ledger.expected_payments
		WHERE merchant_key LIKE 'TOYOTA%' AND due_date = '2026-05-12'`, "early 2026-04-26 -16")
}

// leftBefore pays another landlord since March.
var leftBefore = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	monthly(1, "2025-07-01", 8, -150000, "Zelle payment to MARIA LOPEZ 12345678901"),
	monthly(1, "2026-03-01", 4, -155000, "GREYSTAR DES:RENT WEB PMTS"))

// TestARentThatWasLeftIsNotMissed: another one is paid in its place.
func TestARentThatWasLeftIsNotMissed(t *testing.T) {
	wantValues(t, movedLately.published(t), map[string]string{"obligation_missed_payment_count 180d": "OK 0"})
	s := leftBefore.published(t)
	s.Want("SELECT count(*) FROM underwriting.monitoring_events WHERE kind = 'RENT_MISSED'", "0")
	wantValues(t, s, map[string]string{"obligation_fixed_month_minor 90d": "OK 155000"})
}

// paysSupport sends alimony at the turn of the month, by Zelle.
var paysSupport = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	monthly(1, "2025-07-03", 12, -120000, "ZELLE TO EX WIFE ALIMONY"))

// TestSupportThatAPersonIsSentIsNoRent: its text says what it is.
func TestSupportThatAPersonIsSentIsNoRent(t *testing.T) {
	s := paysSupport.published(t)
	wantValues(t, s, map[string]string{
		"obligation_rent_month_minor 90d": "NO_DATA -", "obligation_child_support_paid_minor 90d": "OK 360000",
		"obligation_fixed_month_minor 90d": "OK 120000", "obligation_residual_income_minor 90d": "OK 313333",
	})
	s.Want("SELECT class || ' ' || strength || ' ' || status FROM ledger.obligations", "support_paid named active")
}
