package models_test

import "testing"

var patterned = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	monthly(1, "2025-07-10", 12, -10000, "ATM WITHDRAWAL 1234"),
	on("2026-05-05", -30000, "Zelle payment to JANE DOE 12345678901"),
	on("2026-05-08", 30000, "Zelle payment from JANE DOE 12345678902"),
	on("2026-05-12", -4000, "Zelle payment to RICHARD ROE 12345678903"),
	on("2026-04-06", 900000, "BRIGHTCO SUPPLY EDI PYMNTS CCD"),
	on("2026-04-07", 499999, "NORTHWIND TRADING EDI PYMNTS CCD"))

// TestHowFlowsAreSpread: people, a round trip, one large deposit, cash in three of twelve weeks.
func TestHowFlowsAreSpread(t *testing.T) {
	s := patterned.published(t)
	wantValues(t, s, map[string]string{
		"flow_p2p_counterparty_count 90d": "OK 2", "flow_p2p_counterparty_count 30d": "OK 0",
		"flow_p2p_roundtrip_minor 90d": "OK 30000", "flow_large_deposit_count 90d": "OK 1",
		"flow_large_deposit_minor 90d": "OK 900000", "flow_large_deposit_count 30d": "OK 0",
		"flow_cash_withdrawal_cv 90d": "OK 1.8090680674665818",
	})
	s.Want(`SELECT round(value_double, 6) FROM underwriting.attribute_values WHERE holder_id = 'cus_1'
		AND attribute = 'flow_in_trend_ratio'`, "0.878571")
	s.Want(`SELECT round(value_double, 6) FROM underwriting.attribute_values WHERE holder_id = 'cus_1'
		AND attribute = 'flow_daily_volatility_ratio'`, "167.660634")
	s.Want(`SELECT string_agg(value_state || ' ' || value_double, ', ' ORDER BY window_name)
		FROM underwriting.attribute_values WHERE account_key = 'fca_a' AND attribute = 'flow_weekend_post_share'
		AND window_name IN ('90d', '30d')`, "OK 0.0, OK 0.06666666666666667")
}
