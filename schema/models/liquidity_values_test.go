package models_test

import "testing"

// usedUp is paid on Fridays and spends 60.00 of every 100.00 on the next Monday.
var usedUp = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	every(14, "2025-07-07", 25, -120000, "KROGER #412"))

// TestBuffers: balances beside what goes out, and beside income.
func TestBuffers(t *testing.T) {
	s := usedUp.published(t)
	wantValues(t, s, map[string]string{
		"balance_half_paycheck_days_median 90d": "OK 3", "balance_payday_low_median_minor 90d": "OK 2259900",
	})
	// 90 days from 22 March: seven wages and six purchases
	s.Want(`SELECT value_state || ' ' || (abs(value_double - (SELECT avg(b.end_of_day_minor) * 90 / 720000
		FROM ledger.holder_daily_balances b WHERE b.holder_id = 'cus_1'
		AND b.day BETWEEN '2026-03-22' AND '2026-06-19')) < 0.000001)
		FROM underwriting.attribute_values WHERE holder_id = 'cus_1' AND attribute = 'balance_buffer_days'
		AND window_name = '90d'`, "OK true")
	s.Want(`SELECT value_state || ' ' || (abs(value_double - (SELECT b.end_of_day_minor / (1400000 / 90 * 7)
		FROM ledger.holder_daily_balances b WHERE b.holder_id = 'cus_1' AND b.day = '2026-06-19')) < 0.000001)
		FROM underwriting.attribute_values WHERE holder_id = 'cus_1' AND attribute = 'income_buffer_weeks'`, "OK true")
	wantValues(t, unprovedDays.published(t), map[string]string{
		"balance_payday_low_median_minor 90d": "PARTIAL -300000",
	})
	wantValues(t, sentMoney.published(t), map[string]string{"income_buffer_weeks 90d": "NO_DATA -"})
}
