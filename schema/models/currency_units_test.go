package models_test

import "testing"

// inCurrency is a holder whose rows and balances are in a currency, with 49 and a part of its units on the account, a
// deposit of a hundred units and one of six thousand that went out the same day.
func inCurrency(currency string, unit int64) *story {
	return tellHousehold(func(h *household) {
		h.account("fca_a", "cus_1", date(6, 20, 12), nil)
		for day := range 111 {
			h.says("fca_a", date(3, 1, 9).AddDate(0, 0, day), int64(1-2*(day%2)), "KROGER #412")
		}
		h.says("fca_a", date(6, 1, 9), 100*unit, "DEPOSIT")
		h.says("fca_a", date(6, 1, 10), -100*unit, "KROGER #412")
		h.says("fca_a", date(6, 2, 9), 6000*unit, "DEPOSIT")
		h.says("fca_a", date(6, 2, 10), -6000*unit, "KROGER #412")
		h.observe("fca_a", date(3, 2, 11), 49*unit+2)
		h.observe("fca_a", date(6, 20, 11), 49*unit+2)
		for i := range h.landed.Transactions {
			h.landed.Transactions[i].Currency = currency
		}
		for i := range h.landed.Balances {
			h.landed.Balances[i].Currency = currency
		}
	})
}

var unitsOf = map[string]*story{
	"usd": inCurrency("usd", 100), "jpy": inCurrency("jpy", 1), "kwd": inCurrency("kwd", 1000),
}

// TestThresholdsAreInUnitsOfTheirCurrency: below a hundred, over five thousand and whole hundreds are of yen and dinars
// as they are of dollars, however many digits stand behind the point.
func TestThresholdsAreInUnitsOfTheirCurrency(t *testing.T) {
	for currency, told := range unitsOf {
		s := told.published(t)
		for attribute, want := range map[string]string{
			"balance_low_days": "90", "flow_large_deposit_count": "1",
		} {
			s.Want(`SELECT coalesce(value_integer::VARCHAR, value_state) FROM underwriting.attribute_values
				WHERE account_key = '' AND currency = '`+currency+`' AND window_name = '90d'
				AND attribute = '`+attribute+"'", want)
		}
		s.Want("SELECT sum(round_in_count) FROM underwriting.flow_days WHERE in_minor >= 100", "2")
	}
}
