package models_test

import (
	"testing"
	"time"

	"fcpipe/schema"
)

// linkedDebt tells of a holder with a wage and a credit account of a kind that is no card, with rows of both.
func linkedDebt(kind string, cash, debt []payment) *story {
	return tellHousehold(func(h *household) {
		before := date(12, 17, 12).AddDate(-1, 0, 0)
		h.account("fca_a", "cus_1", date(6, 20, 12), nil)
		h.account("fca_loan", "cus_1", date(6, 20, 12), func(a *schema.Account) {
			a.Category, a.Subcategory = "credit", kind
		})
		h.says("fca_a", before, -100, "KROGER #412")
		h.says("fca_loan", before, -100, "INTEREST CHARGE")
		h.observe("fca_a", before.Add(24*time.Hour), 500000)
		h.observe("fca_loan", before.Add(24*time.Hour), -900000)
		cash = append(every(14, "2025-12-26", 13, 200000, steadyWage), cash...)
		h.observe("fca_a", date(6, 20, 11), 500000+h.pay("fca_a", cash))
		h.observe("fca_loan", date(6, 20, 11), -900000+h.pay("fca_loan", debt))
	})
}

var (
	loanLinked = linkedDebt("other", monthly(1, "2026-01-09", 6, -35000, "ONEMAIN DES:LOANPAYMT"),
		monthly(1, "2026-01-09", 6, 35000, "PAYMENT"))
	mortgageLinked = linkedDebt("mortgage", monthly(1, "2026-01-03", 6, -181234, "PENNYMAC DES:CASH"),
		monthly(1, "2026-01-03", 6, 181234, "PAYMENT RECEIVED - THANK YOU"))
	lineLinked = linkedDebt("line_of_credit",
		append(monthly(1, "2026-01-04", 6, 50000, "TRANSFER FROM LINE OF CREDIT"),
			monthly(1, "2026-01-24", 5, -30000, "TRANSFER TO LINE OF CREDIT")...),
		append(monthly(1, "2026-01-04", 6, -50000, "ADVANCE TO CHECKING"),
			monthly(1, "2026-01-24", 5, 30000, "PAYMENT FROM CHECKING")...))
)

// TestALoanThatIsLinkedIsPaidAsAnyLoan: only a card's purchases stand for what is paid on it. What is paid on another
// credit account is debt service and an obligation; what is drawn from one came from no one else.
func TestALoanThatIsLinkedIsPaidAsAnyLoan(t *testing.T) {
	for told, want := range map[*story]map[string]string{
		loanLinked: {
			"obligation_fixed_month_minor 90d": "OK 35000", "obligation_debt_service_minor 90d": "OK 105000",
			"obligation_proceeds_minor 90d": "OK 0", "flow_in_net_minor 90d": "OK 1200000",
		},
		mortgageLinked: {
			"obligation_fixed_month_minor 90d": "OK 181234", "obligation_debt_service_minor 90d": "OK 543702",
		},
		lineLinked: {
			"obligation_fixed_month_minor 90d": "OK 30000", "obligation_debt_service_minor 90d": "OK 90000",
			"obligation_proceeds_minor 90d": "OK 150000", "flow_in_net_minor 90d": "OK 1200000",
		},
	} {
		s := told.published(t)
		wantValues(t, s, want)
		s.Want(`SELECT concat_ws(' ', value_state, value_text, state_reason) FROM underwriting.attribute_values
			WHERE holder_id = 'cus_1' AND attribute = 'obligation_card_payment_pattern'`,
			"NOT_APPLICABLE no card is linked")
	}
	loanLinked.published(t).Want("SELECT string_agg(class || ' ' || monthly_minor, ', ') FROM ledger.obligations",
		"personal_loan 35000")
}
