package models_test

import (
	"slices"
	"testing"
)

const (
	oldRent = "GREYSTAR DES:RENT WEB PMTS"
	newRent = "AVALONBAY COMMUN DES:AVB RENT"
)

var (
	movedHome = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2025-09-01", 8, -110000, oldRent), monthly(1, "2026-05-03", 2, -130000, newRent))
	movedLately = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2025-09-01", 9, -110000, oldRent), on("2026-06-03", -130000, newRent))
	firstHome = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage), on("2026-06-03", -130000, newRent))
	newCar    = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		monthly(1, "2026-05-05", 2, -45000, "TOYOTA ACH RTL TOYOTAFIN 123456789"))
	paidAtOnce = paidHolder(every(14, "2025-07-04", 26, 200000, steadyWage),
		slices.Concat(on("2026-05-05", -45000, "TOYOTA ACH RTL TOYOTAFIN 123456789"),
			on("2026-06-05", -900000, "TOYOTA ACH RTL TOYOTAFIN PAYOFF")))
)

// TestWhatHasOnlyBegunIsOwed: a rent that its text names counts from its first payment on, and in place of the one
// before; a debt once it was paid the same twice.
func TestWhatHasOnlyBegunIsOwed(t *testing.T) {
	for told, want := range map[*story][2]string{
		movedHome: {"OK 130000", "OK 130000"}, movedLately: {"OK 130000", "OK 130000"},
		firstHome: {"OK 130000", "OK 130000"}, newCar: {"OK 45000", "NO_DATA -"}, paidAtOnce: {"OK 0", "NO_DATA -"},
	} {
		wantValues(t, told.published(t), map[string]string{
			"obligation_fixed_month_minor 90d": want[0], "obligation_rent_month_minor 90d": want[1],
		})
	}
	for _, told := range []*story{movedHome, movedLately, firstHome} {
		told.published(t).Want(`SELECT string_agg(value_text, '') FROM underwriting.attribute_values
			WHERE holder_id = 'cus_1' AND account_key = '' AND attribute = 'obligation_rent_strength'`, "NAMED")
	}
}
