package models_test

import "testing"

var shop = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	for month := 4; month <= 6; month++ {
		h.says("fca_a", date(month, 3, 9), 500000, "STRIPE TRANSFER ST-A1B2C3 CCD")
		h.says("fca_a", date(month, 10, 9), 300000, "SQUARE INC SQ240410 CCD")
		h.says("fca_a", date(month, 12, 9), -200000, "GUSTO PAYROLL NET CCD ID: 1")
		h.says("fca_a", date(month, 14, 9), 100000, "ONDECK CAPITAL ADVANCE CCD ID: 1")
	}
})

// TestRevenueOfABusiness: settlements are revenue, and an advance is not; a household has no such months.
func TestRevenueOfABusiness(t *testing.T) {
	shop.published(t).Want(`SELECT string_agg(concat_ws(' ', month, revenue_minor, processor_minor, payroll_minor,
		deposit_days, value_state), '; ' ORDER BY month) FROM underwriting.business_revenue_month`,
		"2026-04 800000 800000 200000 2 PARTIAL; 2026-05 800000 800000 200000 2 OK; "+
			"2026-06 800000 800000 200000 2 PARTIAL")
	undisturbed.published(t).Want("SELECT count(*) FROM underwriting.business_revenue_month", "0")
}

// TestWagesAreNoRevenue: of a holder who has a job, a pension and a business the revenue is that of the business.
func TestWagesAreNoRevenue(t *testing.T) {
	s := employedOwner.published(t)
	wantValues(t, s, map[string]string{
		"business_revenue_avg_minor 3m": "OK 400000", "income_monthly_minor 90d": "OK 583333",
	})
	s.Want("SELECT DISTINCT revenue_minor FROM underwriting.business_revenue_month WHERE value_state = 'OK'", "400000")
}

var employedOwner = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
	monthly(1, "2025-07-03", 12, 150000, "SSA TREAS 310 XXSOC SEC"), monthly(1, "2025-07-15", 12, 900, "INTEREST PAID"),
	monthly(1, "2025-07-05", 12, 400000, "STRIPE TRANSFER ST-A1B2C3 CCD"), on("2026-05-07", 30000, "FANDUEL PAYOUT"))

// cornerStore is a business of a year: card settlements and two customers, payroll and inventory,
// and an advance on receipts since April.
var cornerStore = paidHolder(monthly(1, "2025-07-03", 12, 500000, "STRIPE TRANSFER ST-A1B2C3 CCD"),
	monthly(1, "2025-07-08", 12, 300000, "BRIGHTCO SUPPLY EDI PYMNTS CCD"),
	monthly(1, "2025-07-09", 12, 100000, "NORTHWIND TRADING EDI PYMNTS CCD"),
	every(14, "2025-07-04", 26, -100000, "GUSTO PAYROLL NET CCD ID: 1"),
	on("2026-04-02", 500000, "ONDECK CAPITAL ADVANCE CCD ID: 1"),
	every(7, "2026-04-07", 11, -20000, "ACH DEBIT ONDECK CAPITAL CCD ID: 1"))

// TestAttributesOfABusiness: what a person would count of three months of equal turnover; two customers have names,
// and the settlements of cards have none.
func TestAttributesOfABusiness(t *testing.T) {
	s := cornerStore.published(t)
	wantValues(t, s, map[string]string{
		"business_revenue_avg_minor 3m": "OK 900000", "business_revenue_cv 12m": "OK 0.3149183286488868",
		"business_revenue_trend_ratio 6m": "OK 0.0", "business_revenue_deposit_days 3m": "OK 9",
		"business_revenue_channel_share 90d": "OK 0.5555555555555556",
		"business_payer_count 90d":           "OK 2", "business_payer_named_share 90d": "OK 0.4444444444444444",
		"business_payer_top1_share 90d": "OK 0.75", "business_payer_top3_share 90d": "OK 1.0",
		"business_payer_hhi 90d": "OK 6250.0", "business_payroll_missed_count 180d": "OK 0",
		"business_advance_holdback_ratio 90d": "OK 0.09497716894977169", "business_daily_in_avg_minor 90d": "OK 35556",
		"business_payroll_month_avg_minor 3m": "OK 200000", "business_rent_month_avg_minor 3m": "OK 0",
		"business_operating_margin_ratio 3m": "OK 0.7777777777777778",
		"business_debt_cover_ratio 90d":      "OK 9.090909090909092", "business_owner_draw_minor 90d": "OK 0",
		"business_advance_open_count 90d": "OK 1", "business_advance_stack_max 90d": "OK 1",
		"business_credit_shopping_count 90d": "OK 1", "business_credit_shopping_count 60d": "OK 0",
		// eleven equal months and one without revenue: (12 / 11 + 2) / 3
		"business_seasonality_index 12m": "OK 1.0303030303030303",
	})
	s.Want(`SELECT count(*) || ' ' || count(*) FILTER (value_state = 'OK' AND value_integer IS NOT NULL)
		FROM underwriting.attribute_values WHERE holder_id = 'cus_1' AND attribute LIKE 'business%day_balance%'`, "7 7")
}

// TestAHouseholdHasNoAttributesOfABusiness: they are not zero, and say why.
func TestAHouseholdHasNoAttributesOfABusiness(t *testing.T) {
	steadyBiweekly.published(t).Want(`SELECT concat_ws(' ', count(*) > 50, count(*) FILTER (value_state =
		'NOT_APPLICABLE' AND state_reason = 'no business is seen' AND value_integer IS NULL AND value_double IS NULL)
		= count(*)) FROM underwriting.attribute_values WHERE holder_id = 'cus_1' AND attribute LIKE 'business%'`,
		"true true")
}
