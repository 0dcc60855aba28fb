package models_test

import (
	"testing"
	"time"
)

// workdays posts a debit on every Monday to Friday.
func (h *household) workdays(from, to time.Time, amount int64, text string) {
	for at := from; at.Before(to); at = at.AddDate(0, 0, 1) {
		if at.Weekday() != time.Saturday && at.Weekday() != time.Sunday {
			h.says("fca_a", at, amount, text)
		}
	}
}

var stackedAdvances = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	h.says("fca_a", date(4, 3, 9), 1500000, "ONDECK CAPITAL ADVANCE CCD ID: 1")
	h.workdays(date(4, 6, 9), date(6, 20, 0), -31500, "ACH DEBIT ONDECK CAPITAL CCD ID: 1")
	h.says("fca_a", date(5, 1, 9), 800000, "KAPITUS FUNDING CCD ID: 2")
	h.workdays(date(5, 4, 9), date(5, 23, 0), -20000, "ACH DEBIT KAPITUS CCD ID: 2")
	h.workdays(date(5, 25, 9), date(6, 20, 0), -12000, "ACH DEBIT KAPITUS CCD ID: 2")
	h.workdays(date(3, 2, 9), date(6, 20, 0), -900, "CITY PARKING GARAGE")
})

var returnedAdvance = tellHousehold(func(h *household) {
	h.account("fca_a", "cus_1", date(6, 20, 12), nil)
	h.says("fca_a", date(4, 3, 9), 1500000, "ONDECK CAPITAL ADVANCE CCD ID: 1")
	h.workdays(date(4, 6, 9), date(6, 20, 0), -31500, "ACH DEBIT ONDECK CAPITAL CCD ID: 1")
	h.says("fca_a", date(6, 12, 10), 31500, "RETURN OF POSTED CHECK / ITEM ELECTRONIC ACH ONDECK CAPITAL")
})

// TestADebitThatWasReturnedPaysNoAdvance: it shows that the advance is collected, and that is all.
func TestADebitThatWasReturnedPaysNoAdvance(t *testing.T) {
	returnedAdvance.published(t).Want(`SELECT cadence || ' ' || status || ' ' || payment_count || ' ' || paid_minor
		FROM ledger.advance_positions`, "DAILY OPEN 54 1701000")
}

// TestStackedAdvancesAreFound: two positions, one of them with a lower amount later; parking is a candidate.
func TestStackedAdvancesAreFound(t *testing.T) {
	s := stackedAdvances.published(t)
	s.Want(`SELECT string_agg(concat_ws(' ', first_day, cadence, status, payment_minor, payment_count, funded_minor,
		array_to_string(evidence, '+')), '; ' ORDER BY first_day) FROM ledger.advance_positions`,
		"2026-03-02 DAILY CANDIDATE 900 80 ; "+
			"2026-04-06 DAILY OPEN 31500 55 1500000 name+funding+both_ways+clearing_house; "+
			"2026-05-04 DAILY REDUCED 12000 35 800000 name+funding+both_ways+clearing_house")
	s.Want(`SELECT string_agg(event_date || ' ' || amount_minor, '; ') FROM underwriting.monitoring_events
		WHERE kind = 'ADVANCE_STACKED'`, "2026-05-04 12000")
}
