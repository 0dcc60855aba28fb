package models_test

import (
	"slices"
	"testing"
	"time"
)

// paidHolder tells of a holder with an account that is held and proved from a year before 20 June on, and of its
// payments.
func paidHolder(payments ...[]payment) *story {
	return tellHousehold(func(h *household) {
		h.account("fca_a", "cus_1", date(6, 20, 12), nil)
		balance := h.pay("fca_a", append(slices.Concat(payments...),
			payment{date(5, 18, 12).AddDate(-1, 0, 0), -100, "KROGER #412"},
			payment{date(6, 19, 12), -100, "KROGER #412"}))
		h.observe("fca_a", date(5, 20, 12).AddDate(-1, 0, 0), 500000-100)
		h.observe("fca_a", date(6, 20, 11), 500000+balance)
	})
}

// pay posts payments, and returns their sum.
func (h *household) pay(account string, payments []payment) (sum int64) {
	for _, p := range payments {
		h.post(account, p.day.Add(12*time.Hour), p.amount).Description = p.text
		sum += p.amount
	}
	return sum
}

const steadyWage = "ACME CORP DES:PAYROLL PPD"

var (
	steadyBiweekly = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage))
	payerChanged   = paidHolder(every(14, "2025-07-04", 18, 200000, steadyWage),
		every(14, "2026-03-20", 7, 220000, "GLOBEX INC PAYROLL"))
	twoEmployers = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		every(7, "2025-07-02", 51, 50000, "GLOBEX INC PAYROLL"))
	jobEnded = paidHolder(every(14, "2025-07-04", 18, 200000, steadyWage))
	retired  = paidHolder(monthly(1, "2025-07-03", 12, 150000, "SSA TREAS 310 XXSOC SEC"))
	youngJob = paidHolder(on("2026-05-15 2026-05-29 2026-06-15", 200000, steadyWage))
	onThe1st = paidHolder(business(true, monthly(1, "2025-07-01", 12, 150000, steadyWage)),
		business(true, monthly(1, "2025-07-15", 12, 150000, steadyWage)))
	sentMoney = paidHolder(every(14, "2025-07-04", 26, 90000, "Zelle payment from JANE DOE 12345678901"),
		every(14, "2025-07-09", 25, 10000, "EARNIN ACTIVEHOURS"))
	unpaidLeave = paidHolder(every(14, "2025-07-04", 20, 200000, steadyWage),
		every(14, "2026-05-08", 4, 200000, steadyWage))
	paidEarly = paidHolder(every(14, "2025-07-04", 14, 200000, steadyWage),
		every(14, "2026-01-14", 12, 200000, steadyWage))
	savingsAlone = paidHolder(monthly(1, "2025-07-03", 12, 37, "INTEREST PAID"))
	selfEmployed = paidHolder(monthly(1, "2025-07-03", 12, 500000, "STRIPE TRANSFER ST-A1B2C3 CCD"),
		monthly(1, "2025-07-10", 12, 300000, "SQUARE INC SQ240410 CCD"))
	sideBusiness = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2025-07-03", 12, 400000, "STRIPE TRANSFER ST-A1B2C3 CCD"))
	everyThreeWeeks = paidHolder(every(21, "2025-07-04", 17, 200000, steadyWage))
	drivesDaily     = paidHolder(every(2, "2025-07-04", 176, 7300, "LYFT DRIVER PAY"))
	// one employer, since March by another processor
	otherProcessor = paidHolder(every(14, "2025-07-04", 18, 200000, steadyWage),
		every(14, "2026-03-13", 8, 204000, "ADP ACME CORP PAYROLL"))
	// drives every third day since April, and every day before
	drivesLess = paidHolder(every(1, "2025-07-04", 272, 9000, "LYFT DRIVER PAY"),
		every(3, "2026-04-03", 26, 5000, "LYFT DRIVER PAY"))
	// a school pays ten months a year
	tenMonths = paidHolder(on("2025-06-15", 400000, steadyWage), monthly(1, "2025-09-15", 10, 400000, steadyWage))
	pausing   = paidHolder(on("2025-06-15", 400000, steadyWage), monthly(1, "2025-09-15", 7, 400000, steadyWage))
	// who drove in one summer, and drives again since a month
	drivesAgain = paidHolder(every(2, "2025-07-04", 40, 7300, "LYFT DRIVER PAY"),
		every(2, "2026-05-08", 21, 7300, "LYFT DRIVER PAY"))
	payWasCut = paidHolder(every(14, "2025-07-04", 24, 200000, steadyWage),
		every(14, "2026-06-05", 2, 90000, steadyWage))
	// the same pay, every other week from March on
	seldomer = paidHolder(every(7, "2025-07-04", 34, 100000, steadyWage),
		every(14, "2026-03-06", 8, 200000, steadyWage))
	// two employers that one processor pays for, in turn
	paidInTurn = paidHolder(every(14, "2025-07-04", 26, 200000, "ADP PAYROLL"),
		every(14, "2025-07-11", 25, 90000, "ADP PAYROLL"))
	withABonus   = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage), on("2026-06-05", 1000000, steadyWage))
	oneShortWeek = paidHolder(every(14, "2025-07-04", 25, 200000, steadyWage), on("2026-06-19", 90000, steadyWage))
	mostlyOwn    = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2025-07-03", 12, 500000, "STRIPE TRANSFER ST-A1B2C3 CCD"))
)

// TestIncomeOfASteadyBiweeklyWage: months vary by a fifth since some have three paydays, pay does not, and no month is
// a dip.
func TestIncomeOfASteadyBiweeklyWage(t *testing.T) {
	s := steadyBiweekly.published(t)
	wantValues(t, s, map[string]string{
		"income_period_cv 90d": "OK 0.0", "income_dip_months_count 6m": "OK 0",
		"income_spike_months_count 6m": "OK 0",
		"income_monthly_minor 90d":     "OK 433333", "income_missed_count 180d": "OK 0",
		"income_annual_projected_minor 90d": "OK 5199996", "income_qualified_minor 90d": "OK 1400000",
		"income_payer_count 90d": "OK 1", "income_primary_share 90d": "OK 1.0", "income_payer_changed 180d": "OK 0",
		"income_payer_gap_days 180d": "NO_DATA -", "income_late_days_avg 180d": "OK 0.0",
		"income_bank_statement_minor 12m": "OK 400000",
	})
	s.Want(`SELECT round(value_double, 1) FROM underwriting.attribute_values WHERE holder_id = 'cus_1'
		AND attribute = 'income_month_cv' AND window_name = '6m' AND account_key = ''`, "0.2")
}

// TestPayThatComesEarlierKeepsItsSchedule: from January on the account pays out on Wednesdays what was due on Fridays.
func TestPayThatComesEarlierKeepsItsSchedule(t *testing.T) {
	s := paidEarly.published(t)
	wantValues(t, s, map[string]string{
		"income_monthly_minor 90d": "OK 433333", "income_missed_count 180d": "OK 0",
		"income_period_cv 90d": "OK 0.0", "income_payer_count 90d": "OK 1",
	})
	s.Want(`SELECT string_agg(DISTINCT concat_ws(' ', cadence, missed_count, next_due_date), '; ') FROM ledger.streams
		WHERE holder_id = 'cus_1'`, "biweekly 0 2026-07-01")
}

// TestShiftedPaydaysAreNoDip: pay of the 1st that comes on the last day of the month before is missed in no month.
func TestShiftedPaydaysAreNoDip(t *testing.T) {
	wantValues(t, onThe1st.published(t), map[string]string{
		"income_dip_months_count 6m": "OK 0", "income_spike_months_count 6m": "OK 0",
		"income_monthly_minor 90d": "OK 300000",
	})
}

func TestPayerChanged(t *testing.T) {
	wantValues(t, payerChanged.published(t), map[string]string{
		"income_payer_changed 180d": "OK 1", "income_payer_gap_days 180d": "OK 21", "income_payer_count 90d": "OK 1",
		"income_monthly_minor 90d": "OK 476667", "income_tenure_days 90d": "OK 84",
	})
}

func TestTwoEmployers(t *testing.T) {
	wantValues(t, twoEmployers.published(t), map[string]string{
		"income_payer_count 90d": "OK 2", "income_monthly_minor 90d": "OK 650000", "income_payer_changed 180d": "OK 0",
	})
}

// TestJobThatEnded: what was paid is there, and no further pay is expected.
func TestJobThatEnded(t *testing.T) {
	wantValues(t, jobEnded.published(t), map[string]string{
		"income_monthly_minor 90d": "OK 0", "income_payer_count 90d": "OK 0", "income_missed_count 180d": "OK 2",
		"income_period_cv 90d": "NO_DATA -", "income_primary_share 90d": "NO_DATA -",
		"income_payer_changed 180d": "NO_DATA -",
	})
}

// TestBenefitIsCountedInFull: a benefit is qualified income like a wage.
func TestBenefitIsCountedInFull(t *testing.T) {
	wantValues(t, retired.published(t), map[string]string{
		"income_monthly_minor 90d": "OK 150000", "income_qualified_minor 90d": "OK 450000",
	})
}

// TestThreeDepositsLeaveTheScheduleOpen: the lower of two readings is given, and it is not OK.
func TestThreeDepositsLeaveTheScheduleOpen(t *testing.T) {
	wantValues(t, youngJob.published(t), map[string]string{
		"income_monthly_minor 90d": "PARTIAL 400000", "income_qualified_minor 90d": "OK 600000",
	})
}

// TestPayOnNoKnownScheduleIsDoubtful: of what comes every three weeks three months have four payments, or five.
func TestPayOnNoKnownScheduleIsDoubtful(t *testing.T) {
	s := everyThreeWeeks.published(t)
	wantValues(t, s, map[string]string{
		"income_monthly_minor 90d": "PARTIAL 266667", "income_annual_projected_minor 90d": "PARTIAL 3200004",
		"income_qualified_minor 90d": "OK 800000",
	})
	s.Want(`SELECT DISTINCT state_reason FROM underwriting.attribute_values WHERE holder_id = 'cus_1'
		AND attribute = 'income_monthly_minor'`,
		"a payer without a known schedule: how many of its payments three months have varies")
	s.Want("SELECT value_state FROM underwriting.income_summary", "PARTIAL")
	wantValues(t, drivesDaily.published(t), map[string]string{"income_monthly_minor 90d": "OK 111933"})
}

// TestPayByAnotherProcessorIsNotMissed: what came in its place on the same day was paid.
func TestPayByAnotherProcessorIsNotMissed(t *testing.T) {
	wantValues(t, otherProcessor.published(t), map[string]string{
		"income_missed_count 180d": "OK 0", "income_monthly_minor 90d": "OK 442000",
	})
}

// TestAThirdOfMonthsThatDifferIsDoubtful: who drives less than in the first of them earns less than that.
func TestAThirdOfMonthsThatDifferIsDoubtful(t *testing.T) {
	s := drivesLess.published(t)
	wantValues(t, s, map[string]string{"income_monthly_minor 90d": "PARTIAL 129333"})
	s.Want(reasonOf("income_monthly_minor", "90d"),
		"payers without a known schedule paid more than twice as much in one month as in another")
}

// TestPayOfTenMonthsIsNoYears: and a pause in the summer is no end of a job, nor surely none.
func TestPayOfTenMonthsIsNoYears(t *testing.T) {
	s := tenMonths.published(t)
	wantValues(t, s, map[string]string{
		"income_monthly_minor 90d": "OK 400000", "income_annual_projected_minor 90d": "PARTIAL 4800000",
	})
	s.Want(reasonOf("income_annual_projected_minor", "90d"),
		"a payment that was due within a year did not come, so a year may have fewer")
	s = pausing.published(t)
	wantValues(t, s, map[string]string{"income_monthly_minor 90d": "PARTIAL 0"})
	s.Want(reasonOf("income_monthly_minor", "90d"),
		"a payer that stopped paying has done so before, and paid again")
}

// TestPayThatBeganAgainIsDoubtful: a third of three months says little of what is paid in one of them, or since.
func TestPayThatBeganAgainIsDoubtful(t *testing.T) {
	s := drivesAgain.published(t)
	wantValues(t, s, map[string]string{"income_monthly_minor 90d": "PARTIAL 29200"})
	s.Want("SELECT state_reason FROM underwriting.income_summary",
		"a payer without a known schedule has not paid in each of the last three complete months")
	s.Want(`SELECT DISTINCT concat_ws(' ', value_state, state_reason) FROM underwriting.affordability
		WHERE measure = 'next30_low'`,
		"PARTIAL a payer without a known schedule has not paid in each of the last three complete months")
}

// TestPayThatWasCutIsDoubtful: the median of six payments says what was earned before; one low payment is no cut.
func TestPayThatWasCutIsDoubtful(t *testing.T) {
	s := payWasCut.published(t)
	wantValues(t, s, map[string]string{"income_monthly_minor 90d": "PARTIAL 433333"})
	s.Want("SELECT state_reason FROM underwriting.income_summary",
		"the newest two payments of a payer are less than three quarters of its median")
	wantValues(t, oneShortWeek.published(t), map[string]string{"income_monthly_minor 90d": "OK 433333"})
}

// TestAMedianOfTwoWagesIsDoubtful: it is one of the two; a bonus leaves it what it is.
func TestAMedianOfTwoWagesIsDoubtful(t *testing.T) {
	s := paidInTurn.published(t)
	wantValues(t, s, map[string]string{"income_monthly_minor 90d": "PARTIAL 390000"})
	s.Want("SELECT state_reason FROM underwriting.income_summary",
		"amounts of a payer differ so that their median says little")
	wantValues(t, withABonus.published(t), map[string]string{"income_monthly_minor 90d": "OK 433333"})
}

// TestPayThatComesSeldomerIsNotDoubled: a stream that is by the week still is no reason to count each pay twice.
func TestPayThatComesSeldomerIsNotDoubled(t *testing.T) {
	wantValues(t, seldomer.published(t), map[string]string{"income_monthly_minor 90d": "PARTIAL 466667"})
}

// TestMissedPayMakesMonthlyIncomeDoubtful: a schedule of which payments were missed says more than was earned.
func TestMissedPayMakesMonthlyIncomeDoubtful(t *testing.T) {
	s := unpaidLeave.published(t)
	wantValues(t, s, map[string]string{
		"income_monthly_minor 90d": "PARTIAL 433333", "income_annual_projected_minor 90d": "PARTIAL 5199996",
		"income_missed_count 90d": "OK 2", "income_qualified_minor 90d": "OK 1000000",
	})
	s.Want(`SELECT state_reason FROM underwriting.attribute_values WHERE holder_id = 'cus_1'
		AND attribute = 'income_monthly_minor'`, "a payment that was due in the span did not come")
}

// TestIncomeOfTheSelfEmployedIsNotCalledZero: receipts are no qualified income. Where they are more than half of all
// income, a month of qualified income and what is computed from it say so. Up to half, they do not.
func TestIncomeOfTheSelfEmployedIsNotCalledZero(t *testing.T) {
	s := selfEmployed.published(t)
	wantValues(t, s, map[string]string{
		"income_all_minor 90d": "OK 2400000", "income_qualified_minor 90d": "OK 0",
		"income_monthly_minor 90d": "PARTIAL 0", "income_annual_projected_minor 90d": "PARTIAL 0",
		"obligation_residual_income_minor 90d": "PARTIAL 0",
	})
	s.Want(`SELECT DISTINCT state_reason FROM underwriting.attribute_values WHERE holder_id = 'cus_1'
		AND attribute IN ('income_monthly_minor', 'income_annual_projected_minor', 'obligation_residual_income_minor')`,
		"more than half of the income seen is not qualified: tiers T3 and T4 of ledger.income_streams")
	s.Want(`SELECT concat_ws(' ', monthly_minor, value_state) FROM underwriting.income_summary`, "0 PARTIAL")
	s.Want(`SELECT DISTINCT value_state FROM underwriting.affordability WHERE measure LIKE 'runway%'`, "PARTIAL")
	wantValues(t, savingsAlone.published(t), map[string]string{
		"income_all_minor 90d": "OK 111", "income_monthly_minor 90d": "OK 0",
	})
	wantValues(t, sideBusiness.published(t), map[string]string{"income_monthly_minor 90d": "OK 433333"})
	wantValues(t, mostlyOwn.published(t), map[string]string{
		"income_monthly_minor 90d": "PARTIAL 433333", "income_annual_projected_minor 90d": "PARTIAL 5199996",
	})
}

// TestMoneyOfPeopleAndAdvancesIsNoIncome: what comes by Zelle or from an app until payday is in no number of income. A
// month of income of nothing says so, where people sent more than that.
func TestMoneyOfPeopleAndAdvancesIsNoIncome(t *testing.T) {
	s := sentMoney.published(t)
	s.Want(`SELECT count(*) FROM ledger.income_streams`, "0")
	wantValues(t, s, map[string]string{
		"income_monthly_minor 90d": "PARTIAL 0", "income_qualified_minor 90d": "OK 0",
		"income_primary_share 90d": "NO_DATA -",
	})
}
