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

// TestRevenueOfABusiness: settlements are revenue, and an advance is none; a household has no such months.
func TestRevenueOfABusiness(t *testing.T) {
	shop.published(t).Want(`SELECT string_agg(concat_ws(' ', month, revenue_minor, processor_minor, payroll_minor,
		deposit_days, value_state), '; ' ORDER BY month) FROM underwriting.business_revenue_month`,
		"2026-04 800000 800000 200000 2 PARTIAL; 2026-05 800000 800000 200000 2 OK; "+
			"2026-06 800000 800000 200000 2 PARTIAL")
	undisturbed.published(t).Want("SELECT count(*) FROM underwriting.business_revenue_month", "0")
}
