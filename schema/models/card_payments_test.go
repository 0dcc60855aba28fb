package models_test

import (
	"fmt"
	"testing"
)

// TestEqualCardPaymentsFollowOneAnother: the same amount every week, which the card shows four days later and so
// nearer to the next payment, and on the next day to another card of which only one bank's text tells: each payment
// finds its own leg, first by first.
func TestEqualCardPaymentsFollowOneAnother(t *testing.T) { equalCardPayments.test(t) }

var equalCardPayments = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	s.holderAccount("fca_checking", "cus_1", "cash", "Wells Fargo", "1234")
	s.holderAccount("fca_card", "cus_1", "credit", "Citibank", "5555")
	s.holderAccount("fca_other", "cus_1", "credit", "Chase", "6666")
	var checking, card, other []shelfRow
	for week := range 5 {
		day := 1 + 7*week
		checking = append(checking,
			shelfRow{day: day, amount: -5000, text: "CITI CARD ONLINE PAYMENT"},
			shelfRow{day: day + 1, amount: -5000, text: "ONLINE PAYMENT"})
		card = append(card, shelfRow{day: day + 4, amount: 5000, text: "ONLINE PAYMENT, THANK YOU"})
		other = append(other, shelfRow{day: day + 2, amount: 5000, text: "Payment Thank You-Mobile"})
	}
	s.rows("fca_checking", checking)
	s.rows("fca_card", card)
	s.rows("fca_other", other)
	s.asks("ledger.transfers", "expenses.merchant_month")
	return func(t *testing.T) {
		want := []string{}
		for _, pair := range []string{"CITI CARD ONLINE PAYMENT fca_card 4", "ONLINE PAYMENT fca_other 1"} {
			want = append(want, fmt.Sprintf("%s AUTO 5", pair))
		}
		s.want(`SELECT t.description || ' ' || p.in_key || ' ' || p.lag_days || ' ' || p.status || ' ' || count(*)
		FROM ledger.transfers p JOIN main.transactions t ON t.transaction_id = p.out_id
		GROUP BY t.description, p.in_key, p.lag_days, p.status ORDER BY 1`, want...)
		s.wantRulesOfSpending()
	}
})
