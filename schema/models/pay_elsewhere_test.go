package models_test

import (
	"fmt"
	"testing"
)

// Lives in which a month of income is less than what a holder lives on, and no payer says so.
var (
	// the wage goes to an account that is not linked since April, which sends most of it on
	wageMovedAway = paidHolder(every(14, "2025-07-04", 20, 250000, steadyWage),
		every(14, "2026-04-17", 5, 200000, "ACH TRANSFER FROM CHIME BANK JANE DOE"))
	// savings elsewhere get more than they send: the wage is all there is
	savesElsewhere = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2025-07-10", 12, -60000, "ONLINE TRANSFER TO SAV ...9912"),
		monthly(1, "2025-07-20", 11, 50000, "ONLINE TRANSFER FROM SAV ...9912"))
	// most of the shift is paid in cash
	tipped = paidHolder(every(7, "2025-07-04", 51, 18000, "CORNER BISTRO PAYROLL"),
		every(7, "2025-07-07", 50, 40000, "ATM CASH DEPOSIT 000123 MAIN ST"))
	// a house was sold, and a roommate pays a share: neither is pay
	soldHouse = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		on("2026-05-15", 30000000, "MOBILE CHECK DEPOSIT"),
		monthly(1, "2025-07-02", 12, 90000, "VENMO CASHOUT 1029384756"))
	// the employer takes off the pay what the app paid out each day
	paidDaily = paidHolder(every(14, "2025-07-04", 26, 35000, "WALMART ASSOC PAYROLL PPD ID: 98123"),
		every(2, "2025-07-05", 175, 14000, "DAILYPAY INC WALMART PAY"))
	paysAdvancesBack = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		every(14, "2025-07-09", 25, 10000, "EARNIN ACTIVEHOURS"),
		every(14, "2025-07-18", 25, -10600, "EARNIN REPAYMENT"))
	// a salary on the 1st, a commission on the 16th
	onCommission = paidHolder(business(true, monthly(1, "2026-01-01", 6, 200000, steadyWage)),
		on("2026-01-16", 150000, steadyWage), on("2026-02-17", 900000, steadyWage),
		on("2026-03-16", 20000, steadyWage), on("2026-04-16", 1400000, steadyWage),
		on("2026-05-15", 60000, steadyWage))
	// two of a household work for one employer, and are paid in turn
	couplePaidInTurn = paidHolder(every(14, "2025-07-04", 26, 100000, steadyWage),
		every(14, "2025-07-11", 25, 140000, steadyWage))
	// a lender that no table knows
	unnamedLender = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		on("2026-02-10", 500000, "BLUE RIVER VENTURES LLC DES:DEPOSIT CCD"),
		every(7, "2026-02-20", 18, -25000, "BLUE RIVER VENTURES LLC DES:DEBIT CCD"))
	// bets by the week, and wins once
	bettor = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		on("2026-02-10", 500000, "FANDUEL SPORTSBOOK PAYOUT"),
		every(7, "2026-02-20", 18, -25000, "FANDUEL SPORTSBOOK"))
	// a gym by the week, which began after a payday
	weeklyGym = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		every(7, "2026-02-20", 18, -5000, "BLUE RIVER VENTURES LLC DES:DEBIT CCD"))
)

// TestAMonthOfIncomeSaysWhereMoreMayBePay: money whose text does not say what it is for makes a month of income
// doubtful where it is more than that, in several deposits.
func TestAMonthOfIncomeSaysWhereMoreMayBePay(t *testing.T) {
	for _, c := range []struct {
		life      *story
		want, why string
	}{
		{
			wageMovedAway, "PARTIAL 0",
			"more came from own accounts that are not linked than qualified income: it may be paid to them",
		},
		{savesElsewhere, "OK 433333", ""},
		{
			tipped, "PARTIAL 78000",
			"more came from people, in cash and by checks than qualified income: pay may be among it",
		},
		{soldHouse, "OK 433333", ""},
		{
			paidDaily, "PARTIAL 75833",
			"advances on pay are more than what was paid back: they are taken off the pay",
		},
		{paysAdvancesBack, "OK 433333", ""},
		{onCommission, "PARTIAL 260000", "amounts of a payer differ so that their median says little"},
		{couplePaidInTurn, "PARTIAL 433333", "amounts of a payer differ so that their median says little"},
	} {
		s := c.life.published(t)
		wantValues(t, s, map[string]string{"income_monthly_minor 90d": c.want})
		s.Want(`SELECT coalesce(max(state_reason), '') FROM underwriting.attribute_values WHERE holder_id = 'cus_1'
			AND attribute = 'income_monthly_minor'`, c.why)
	}
}

// TestWhoPaidOutASumAndIsPaidBackMayBeALender: that no table knows the name makes no count of lenders sure.
func TestWhoPaidOutASumAndIsPaidBackMayBeALender(t *testing.T) {
	s := unnamedLender.published(t)
	wantValues(t, s, map[string]string{
		"obligation_lender_count 90d": "PARTIAL 0", "obligation_new_lender_count 90d": "PARTIAL 0",
		"obligation_fixed_month_minor 90d": "PARTIAL 0", "obligation_residual_income_minor 90d": "PARTIAL 433333",
		"obligation_debt_service_minor 90d": "PARTIAL 0", "obligation_debt_service_ratio 90d": "PARTIAL 0.0",
	})
	s.Want(fmt.Sprintf(evidenceOf, "BLUE RIVER VENTURES LLC"), "OPEN funding+both_ways+clearing_house")
	s = weeklyGym.published(t)
	wantValues(t, s, map[string]string{"obligation_lender_count 90d": "OK 0"})
	s.Want(fmt.Sprintf(evidenceOf, "BLUE RIVER VENTURES LLC"), "OPEN funding+clearing_house")
	wantValues(t, bettor.published(t), map[string]string{
		"obligation_lender_count 90d": "OK 0", "obligation_debt_service_minor 90d": "OK 0",
	})
}

const evidenceOf = `SELECT status || ' ' || array_to_string(evidence, '+') FROM ledger.advance_positions
	WHERE merchant_key = '%s'`
