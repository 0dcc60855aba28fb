package models_test

import (
	"testing"
	"time"

	"fcpipe/schema"
)

const eventsOf = `SELECT string_agg(concat_ws(' ', event_date, kind, amount_minor), '; ' ORDER BY event_date, kind)
	FROM underwriting.monitoring_events`

// every adds payments of one text, some days apart.
func (h *household) every(days int, from, to time.Time, amount int64, text string) {
	for at := from; at.Before(to); at = at.AddDate(0, 0, days) {
		h.says("fca_a", at, amount, text)
	}
}

var watched = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	// two payers, one after the other
	h.every(14, date(1, 9, 9), date(4, 4, 0), 200000, "ACME CORP PAYROLL PPD ID: 1234567890")
	h.every(14, date(4, 10, 9), date(6, 20, 0), 210000, "GLOBEX INC PAYROLL PPD ID: 9876543210")
	h.every(31, date(1, 3, 9), date(4, 9, 0), -90000, "RENT PAYMENT OAKWOOD APARTMENTS")
	h.says("fca_a", date(5, 4, 9), -45000, "ONEMAIN FINANCIAL LOAN PMT PPD ID: 1")
	h.says("fca_a", date(6, 4, 9), -45000, "ONEMAIN FINANCIAL LOAN PMT PPD ID: 1")
	h.says("fca_a", date(6, 10, 9), 900000, "WIRE IN")
	h.says("fca_a", date(5, 20, 9), -3500, "OVERDRAFT FEE")
	total := int64(0)
	for _, row := range h.landed.Transactions {
		total += row.AmountMinor
	}
	h.observe("fca_a", date(6, 20, 11), 5000)
	h.observe("fca_a", date(1, 4, 11), 5000-total-90000)
})

// TestMonitoringEventsHaveTheDayTheyBecameTrue: each once.
func TestMonitoringEventsHaveTheDayTheyBecameTrue(t *testing.T) {
	s := watched.published(t)
	s.Want(eventsOf, "2026-04-23 EXPECTED_DEPOSIT_MISSED 200000; 2026-05-04 NEW_LENDER -45000; "+
		"2026-05-07 EXPECTED_DEPOSIT_MISSED 200000; 2026-05-07 INCOME_STOPPED 200000; "+
		"2026-05-08 NEW_INCOME_STREAM 210000; 2026-05-08 PAYER_CHANGED 210000; "+
		"2026-05-20 NSF_OVERDRAFT_DETECTED 3500; 2026-06-10 LARGE_DEPOSIT 900000")
}

var strained = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	for month := 1; month < 5; month++ {
		h.says("fca_a", date(month, 1, 9), -90000, "RENT PAYMENT OAKWOOD APARTMENTS")
	}
	h.says("fca_a", date(6, 10, 9), -20000, "WIRE OUT")
	h.says("fca_a", date(6, 12, 9), -20000, "WIRE OUT")
	h.says("fca_a", date(6, 15, 9), 50000, "WIRE IN")
	h.observe("fca_a", date(5, 2, 11), 25000)
	h.observe("fca_a", date(6, 18, 11), 35000)
	h.observe("fca_a", date(6, 19, 11), 34000)
})

// TestMonitoringEventsOfBalancesAndRent: rent that does not come is told once it is missed, the third day below zero,
// and what rows do not explain.
func TestMonitoringEventsOfBalancesAndRent(t *testing.T) {
	s := strained.published(t)
	s.Want(eventsOf, "2026-05-12 RENT_MISSED 90000; 2026-06-10 LOW_BALANCE 5000; 2026-06-12 RENT_MISSED 90000; "+
		"2026-06-14 NEGATIVE_RUN_3D; 2026-06-19 RESIDUAL_BROKEN -1000")
}

var unwatched = tellHousehold(func(h *household) {
	ninetyDays(h, "fca_a")
	h.account("fca_late", "cus_1", date(6, 1, 12), nil)
	h.post("fca_late", date(3, 1, 9), 1000)
	h.account("fca_ended", "cus_1", date(6, 10, 12), func(a *schema.Account) { a.Status = "inactive" })
	h.post("fca_ended", date(3, 1, 9), 1000)
})

// TestMonitoringEventsOfFeeds: rows that are old, and accounts that ended; nothing of one that goes on.
func TestMonitoringEventsOfFeeds(t *testing.T) {
	s := unwatched.published(t)
	s.Want(`SELECT string_agg(concat_ws(' ', event_date, kind, account_key), '; ' ORDER BY event_date, kind)
		FROM underwriting.monitoring_events WHERE kind <> 'NEW_INCOME_STREAM'`,
		"2026-06-04 FEED_STALE fca_late; 2026-06-20 ACCOUNT_DISCONNECTED fca_ended")
	s.Want("SELECT count(*) FROM underwriting.monitoring_events WHERE subject IS NULL", "0")
}
