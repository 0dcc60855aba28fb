package models_test

import (
	"slices"
	"testing"
)

const oneMain = "ONEMAIN DES:LOANPAYMT"

// bounced are payments of a loan on the sixth, two of which the bank returned and the lender presented again.
var bounced = slices.Concat(monthly(1, "2025-07-06", 12, -30000, oneMain),
	on("2026-04-08 2026-05-08", 30000, "RETURN OF POSTED CHECK / ITEM ELECTRONIC ACH ONEMAIN"),
	on("2026-04-12 2026-05-12", -30000, "ONEMAIN DES:RETRY PYMT"))

var (
	returnedLoan = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage), bounced)
	returnedBill = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		on("2026-05-20 2026-06-03", -2500, "KLARNA PAYMENT"), on("2026-06-05", 2500, "RETURNED ITEM KLARNA"),
		on("2026-05-26", 7000, "RETURNED ITEM CITY WATER")) // the debit is not held
	returnedDeposit = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		on("2026-05-10", 80000, "REMOTE ONLINE DEPOSIT # 1"), on("2026-05-15", -80000, "DEPOSITED ITEM RETURNED"),
		on("2026-05-20", -9000, "DEPOSITED ITEM RETURNED")) // of a deposit of several checks
)

// TestAPaymentThatCameBackWasNotPaid: money out and debts are what stayed out, and net flow is what balances rose by.
func TestAPaymentThatCameBackWasNotPaid(t *testing.T) {
	wantValues(t, returnedLoan.published(t), map[string]string{
		"obligation_debt_service_minor 90d": "OK 90000", "obligation_debt_service_minor 180d": "OK 180000",
		"flow_out_net_minor 90d": "OK 90000", "flow_net_minor 90d": "OK 1310000",
		"flow_essential_out_minor 90d": "OK 90000", "distress_returned_item_count 90d": "OK 2",
		"flow_out_month_avg_minor 3m": "OK 30000", "obligation_debt_service_month_avg_minor 3m": "OK 30000",
	})
	s := returnedBill.published(t)
	wantValues(t, s, map[string]string{
		"obligation_bnpl_minor 90d": "OK 2500", "obligation_bnpl_count 90d": "OK 1",
		"obligation_debt_service_minor 90d": "OK 2500", "flow_out_net_minor 90d": "OK -4500",
		"flow_in_net_minor 90d": "OK 1400000", "flow_net_minor 90d": "OK 1404500",
	})
	s.Want(`SELECT sum(unresolved_out_minor) || ' ' || sum(moved_minor) FROM expenses.income_statement_month`, "0 0")
}

// TestADepositThatCameBackIsNoMoneyIn: neither the one whose row is known nor the part of one that is not.
func TestADepositThatCameBackIsNoMoneyIn(t *testing.T) {
	wantValues(t, returnedDeposit.published(t), map[string]string{
		"flow_in_net_minor 90d": "OK 1391000", "flow_out_net_minor 90d": "OK 0", "flow_net_minor 90d": "OK 1391000",
		"distress_returned_deposit_count 90d": "OK 2", "flow_in_month_avg_minor 3m": "OK 397000",
	})
}

var (
	// paidAgain is pay that the employer took back, in the words of several banks, and paid again.
	paidAgain = paidHolder(every(14, "2025-07-04", 26, 200000, "RIPPLING DES:PAYROLL"),
		on("2026-04-13", -200000, "ACH REVERSAL RIPPLING PAYROLL"),
		on("2026-04-27", -200000, "RIPPLING DES:PAYROLL REVERSAL"),
		on("2026-05-11", -200000, "RIPPLING DES:REVERSAL"), on("2026-05-25", -200000, "RIPPLING DES:PAYROLL RETURN"),
		on("2026-04-14 2026-04-28 2026-05-12 2026-05-26", 201000, "RIPPLING DES:PAYROLL"))
	// notTakenBack has debits that seem to take pay back, and are of others or too late.
	notTakenBack = paidHolder(every(14, "2025-07-04", 26, 200000, "RIPPLING DES:PAYROLL"),
		on("2026-04-13", -200000, "ACH REVERSAL GLOBEX PAYROLL"), on("2026-05-20", -200000, "RIPPLING DES:REVERSAL"))
	sentBack = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		on("2026-05-10", -6000, "Zelle payment to ANN ROE Conf# y10"),
		on("2026-05-11", 6000, "ZELLE PAYMENT RETURNED ANN ROE"),
		on("2026-05-17", 7000, "Zelle payment from JOHN DOE Conf# y11"),
		on("2026-05-18", -7000, "ZELLE PAYMENT REVERSED JOHN DOE"),
		on("2026-05-20", -1000000, "OUTGOING WIRE TRANSFER ABC TITLE CO"),
		on("2026-05-21", 1000000, "WIRE TRANSFER RETURNED ABC TITLE CO"))
)

// TestPayThatWasTakenBackIsNoIncome: what the employer paid again is, and what another took is not its pay.
func TestPayThatWasTakenBackIsNoIncome(t *testing.T) {
	s := paidAgain.published(t)
	wantValues(t, s, map[string]string{
		"income_all_minor 90d": "OK 1404000", "income_qualified_minor 90d": "OK 1404000",
		"income_payroll_minor 90d": "OK 1404000", "flow_in_net_minor 90d": "OK 1404000",
		"flow_out_net_minor 90d": "OK 0", "income_missed_count 180d": "OK 0", "flow_unknown_share 90d": "OK 0.0",
		"flow_round_amount_share 90d":         "NO_DATA -",
		"distress_returned_deposit_count 90d": "OK 0", "distress_event_count 90d": "OK 0",
	})
	s.Want(`SELECT sum(income_minor) || ' ' || sum(moved_minor) || ' ' || sum(spending_minor)
		FROM expenses.income_statement_month WHERE month >= '2026-04'`, "1204000 0 100")
	wantValues(t, notTakenBack.published(t), map[string]string{
		"income_all_minor 90d": "OK 1400000", "flow_out_net_minor 90d": "OK 400000",
	})
}

// TestATransferThatCameBackIsNeitherSentNorReceived: a payment to a person that did not arrive is no want of money.
func TestATransferThatCameBackIsNeitherSentNorReceived(t *testing.T) {
	wantValues(t, sentBack.published(t), map[string]string{
		"flow_p2p_out_minor 90d": "OK 0", "flow_p2p_in_minor 90d": "OK 0", "flow_p2p_counterparty_count 90d": "OK 0",
		"flow_in_net_minor 90d": "OK 1400000", "flow_out_net_minor 90d": "OK 0",
		"flow_large_deposit_count 90d": "OK 0", "distress_returned_item_count 90d": "OK 0",
		"distress_event_count 90d": "OK 0",
	})
}

// paidFromElsewhere has a linked card that is paid from an account that is not linked, in words that no rule reads.
var paidFromElsewhere = cardHolder(100000, nil, slices.Concat(monthly(1, "2026-01-05", 6, -7000, "KROGER #412"),
	monthly(1, "2026-01-14", 6, 60001, "QZX MOBL 14"), on("2026-05-20", 2500, "SALARY BONUS REWARD")))

// TestUnknownMoneyIntoACardIsNoMoneyIn: it is a payment of the card, or a refund, and no stream of income.
func TestUnknownMoneyIntoACardIsNoMoneyIn(t *testing.T) {
	s := paidFromElsewhere.published(t)
	wantValues(t, s, map[string]string{
		"flow_in_net_minor 90d": "OK 1200000", "income_all_minor 90d": "OK 1200000",
		"income_payroll_minor 90d": "OK 1200000", "flow_out_net_minor 90d": "OK 21000",
		"flow_net_minor 90d":         "OK 1179000",
		"flow_in_month_avg_minor 3m": "OK 466667",
	})
	s.Want("SELECT count(*) FROM ledger.streams WHERE direction = 'in' AND account_key = 'fca_card'", "0")
}

// fewPayments has three months of rent, the last of which was presented again.
var fewPayments = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	monthly(1, "2026-03-02", 4, -100000, "GREYSTAR DES:RENT WEB PMTS"),
	on("2026-05-04", 100000, "RETURNED ITEM GREYSTAR RENT"), on("2026-05-09", -100000, "GREYSTAR DES:RENT WEB PMTS"))

// neverPaid is a loan of which the bank returned a payment for good.
var neverPaid = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	monthly(1, "2025-07-06", 12, -30000, oneMain),
	on("2026-05-08", 30000, "RETURN OF POSTED CHECK / ITEM ELECTRONIC ACH ONEMAIN"))

// collectedInVain is a loan of which the bank returned the last two payments, so that three due dates have passed.
var collectedInVain = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	monthly(1, "2025-07-06", 11, -30000, oneMain),
	on("2026-04-08 2026-05-08", 30000, "RETURN OF POSTED CHECK / ITEM ELECTRONIC ACH ONEMAIN"))

// TestADebtThatCannotBeCollectedHasNotEnded: it costs what it did, and nothing of it was paid.
func TestADebtThatCannotBeCollectedHasNotEnded(t *testing.T) {
	s := collectedInVain.published(t)
	s.Want("SELECT status || ' ' || last_date FROM ledger.obligations", "missed 2026-03-06")
	wantValues(t, s, map[string]string{
		"obligation_fixed_month_minor 90d": "OK 30000", "obligation_debt_service_minor 90d": "OK 0",
		"obligation_missed_payment_count 180d": "OK 2",
	})
}

// returnedWeekly is a loan by the week: the bank returned the payment of Monday, 6 April, and the lender presented it
// again on Friday, nearer to the next due date; that of 4 May was never made.
var returnedWeekly = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	slices.DeleteFunc(every(7, "2025-12-01", 29, -5000, oneMain), func(p payment) bool {
		return p.day.Equal(day("2026-05-04"))
	}),
	on("2026-04-08", 5000, "RETURN OF POSTED CHECK / ITEM ELECTRONIC ACH ONEMAIN"),
	on("2026-04-10", -5000, "ONEMAIN DES:RETRY PYMT"))

// TestAWeeksPaymentIsLateUntilTheNextIsDue: of two payments near a due date the first is that of the week before, where
// nothing else is.
func TestAWeeksPaymentIsLateUntilTheNextIsDue(t *testing.T) {
	s := returnedWeekly.published(t)
	s.Want("SELECT cadence || ' ' || status || ' ' || payment_count || ' ' || missed_count FROM ledger.obligations",
		"weekly active 28 1")
	s.Want(`SELECT string_agg(concat_ws(' ', due_date, state, payment_date, days_late), ', ' ORDER BY due_date)
		FROM ledger.expected_payments WHERE direction = 'out' AND state IN ('late', 'missed')`,
		"2026-04-06 late 2026-04-10 4, 2026-05-04 missed")
	wantValues(t, s, map[string]string{"obligation_missed_payment_count 180d": "OK 1"})
}

// TestALoanThatWasPresentedAgainIsOwed: what was returned fell due, and was paid late where it was presented again.
func TestALoanThatWasPresentedAgainIsOwed(t *testing.T) {
	s := returnedLoan.published(t)
	wantValues(t, s, map[string]string{
		"obligation_fixed_month_minor 90d": "OK 30000", "obligation_missed_payment_count 180d": "OK 0",
		"obligation_lender_count 90d": "OK 1",
	})
	s.Want("SELECT cadence || ' ' || status || ' ' || payment_count FROM ledger.obligations", "monthly active 12")
	s.Want(`SELECT string_agg(due_date || ' ' || state || ' ' || payment_date, ', ' ORDER BY due_date)
		FROM ledger.expected_payments WHERE direction = 'out' AND due_date BETWEEN '2026-04-01' AND '2026-06-01'`,
		"2026-04-06 late 2026-04-12, 2026-05-06 late 2026-05-12")
	wantValues(t, fewPayments.published(t), map[string]string{
		"obligation_rent_month_minor 90d": "OK 100000", "obligation_missed_payment_count 180d": "OK 0",
	})
	wantValues(t, neverPaid.published(t), map[string]string{
		"obligation_debt_service_minor 90d": "OK 60000", "obligation_missed_payment_count 180d": "OK 1",
	})
}
