package models_test

import (
	"testing"
)

// linkedAgain is a holder whose account was linked again under a new id: texts and days differ between the two feeds,
// the second lacks a row and has one of its own. Its key is that of the first where a person has decided so.
func linkedAgain(key string, ask func(s *shelf)) *shelfStory {
	return tellShelf(func(s *shelf) func(t *testing.T) {
		s.tellLinkedAgain(key)
		s.asks("quality.relink_differences", "expenses.data_quality", "expenses.merchant_month", "ledger.labels")
		return func(*testing.T) {
			s.wantRulesOfSpending()
			ask(s)
		}
	})
}

func (s *shelf) tellLinkedAgain(key string) {
	s.account("fca_1", "fca_1", "cus_1", "cash", new("1234"), -90)
	s.account("fca_2", key, "cus_1", "cash", new("1234"), 10)
	var older, newer []shelfRow
	for i := range 24 {
		older = append(older, *plain(i))
		if r := *plain(i); i != 10 {
			r.day, r.text = r.day+[]int{0, 3, -3}[i%3], r.text+"  CARD 9921"
			newer = append(newer, r)
		}
	}
	s.rows("fca_1", older)
	s.rows("fca_2", append(newer, shelfRow{day: 12, amount: -99999, text: "SAFEWAY #1234 AUSTIN TX"}))
}

// TestARelinkedAccountWithANewIDCountsOnce: each movement once, and what only one feed has is named.
func TestARelinkedAccountWithANewIDCountsOnce(t *testing.T) { linkedAndDecided.test(t) }

var linkedAndDecided = linkedAgain("fca_1", func(s *shelf) {
	s.want("SELECT count(*)::VARCHAR FROM ledger.transactions WHERE suppressed_by IS NULL", "25")
	s.want("SELECT account_id || ' ' || other_account_id || ' ' || amount_minor FROM quality.relink_differences "+
		"ORDER BY 1", "fca_1 fca_2 -1570", "fca_2 fca_1 -99999")
	s.want("SELECT DISTINCT duplicate_state FROM expenses.data_quality", "certain")
})

// TestAnUndecidedRelinkIsAStateOfTheNumbers: nothing is joined before a person decides, and each month says so.
func TestAnUndecidedRelinkIsAStateOfTheNumbers(t *testing.T) { linkedAndUndecided.test(t) }

var linkedAndUndecided = linkedAgain("fca_2", func(s *shelf) {
	s.want("SELECT count(*)::VARCHAR FROM ledger.transactions WHERE suppressed_by IS NULL", "48")
	s.want("SELECT count(*)::VARCHAR FROM quality.relink_differences", "0")
	s.want("SELECT duplicate_state FROM expenses.data_quality WHERE month = '2026-09'", "possible_duplicates")
	s.want(`SELECT (sum(possible_duplicate_count) > 0 AND sum(possible_duplicate_minor) < sum(gross_minor))::VARCHAR
		FROM expenses.data_quality`, "true")
})
