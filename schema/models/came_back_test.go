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
