package models_test

import "testing"

const linksOf = `SELECT concat_ws(' ', refund_id, kind, coalesce(purchase_id, '-'), amount_minor,
	coalesce(lag_days, -1), candidate_count) FROM ledger.refund_links ORDER BY refund_id`

// TestPartialRefundsNeverExceedThePurchase: three parts of a purchase, of which two fit; what is left is outstanding.
func TestPartialRefundsNeverExceedThePurchase(t *testing.T) { partialRefunds.test(t) }

var partialRefunds = tellChecking(func(s *shelf) {
	s.wantLines("links", linksOf,
		"fctxn_fca_cash_0001 PARTIAL fctxn_fca_cash_0000 4000 2 1",
		"fctxn_fca_cash_0002 PARTIAL fctxn_fca_cash_0000 5000 4 1",
		"fctxn_fca_cash_0003 UNLINKED - 3000 -1 1")
	s.wantLines("outstanding", `SELECT concat_ws(' ', refund_id, days, purchase_minor, refunded_minor,
		outstanding_minor) FROM expenses.refunds WHERE purchase_id IS NOT NULL ORDER BY 1`,
		"fctxn_fca_cash_0001 2 10000 9000 1000", "fctxn_fca_cash_0002 4 10000 9000 1000")
},
	shelfRow{day: 1, amount: -10000, text: "DEBIT CARD PURCHASE SP WOLDER GIFTS"},
	shelfRow{day: 3, amount: 4000, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"},
	shelfRow{day: 5, amount: 5000, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"},
	shelfRow{day: 9, amount: 3000, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"},
)

// TestWholeRefundsComeBeforeParts: the equal amount before the newer purchase, each purchase once, none after 120 days,
// none of another account.
func TestWholeRefundsComeBeforeParts(t *testing.T) { wholeRefunds.test(t) }

var wholeRefunds = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	s.account("fca_cash", "fca_cash", "cus_1", "cash", nil, -90)
	s.account("fca_card", "fca_card", "cus_1", "credit", nil, -90)
	s.rows("fca_cash", []shelfRow{
		{day: 1, amount: -5000, text: "DEBIT CARD PURCHASE SP WOLDER GIFTS"},
		{day: 2, amount: -5000, text: "DEBIT CARD PURCHASE SP WOLDER GIFTS"},
		{day: 3, amount: -8000, text: "DEBIT CARD PURCHASE SP WOLDER GIFTS"},
		{day: 9, amount: 5000, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"},
		{day: 10, amount: 5000, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"},
		{day: 11, amount: 5000, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"},
		{day: 125, amount: 2000, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"},
	})
	s.rows("fca_card", []shelfRow{{day: 12, amount: 8000, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"}})
	s.asks("expenses.refunds")
	return func(t *testing.T) {
		s.wantLines("links", linksOf,
			"fctxn_fca_card_0000 UNLINKED - 8000 -1 0",
			"fctxn_fca_cash_0003 FULL fctxn_fca_cash_0001 5000 7 1",
			"fctxn_fca_cash_0004 FULL fctxn_fca_cash_0000 5000 9 1",
			"fctxn_fca_cash_0005 PARTIAL fctxn_fca_cash_0002 5000 8 1",
			"fctxn_fca_cash_0006 UNLINKED - 2000 -1 0")
	}
})

// TestAPartIsOfThePurchaseItNames: of several purchases the one of that order or store; without a number the only one
// of the last thirty days, and none where two may be meant.
func TestAPartIsOfThePurchaseItNames(t *testing.T) { namedPurchases.test(t) }

var namedPurchases = tellChecking(func(s *shelf) {
	s.wantLines("links", linksOf,
		"fctxn_fca_cash_0002 PARTIAL fctxn_fca_cash_0000 3000 8 1",
		"fctxn_fca_cash_0003 UNLINKED - 3100 -1 0",
		"fctxn_fca_cash_0006 PARTIAL fctxn_fca_cash_0005 1000 10 2",
		"fctxn_fca_cash_0007 UNLINKED - 1100 -1 2")
},
	shelfRow{day: 1, amount: -10000, text: "AMZN MKTP US*2K4AB1CD3 AMZN.COM/BILL WA"},
	shelfRow{day: 5, amount: -12000, text: "AMZN MKTP US*9ZX8YW7V6 AMZN.COM/BILL WA"},
	shelfRow{day: 9, amount: 3000, text: "POS REFUND AMZN MKTP US*2K4AB1CD3 AMZN.COM/BILL WA"},
	shelfRow{day: 10, amount: 3100, text: "POS REFUND AMZN MKTP US*4QQ4QQ4Q4 AMZN.COM/BILL WA"},
	shelfRow{day: 1, amount: -9000, text: "DEBIT CARD PURCHASE SP WOLDER GIFTS"},
	shelfRow{day: 50, amount: -9100, text: "DEBIT CARD PURCHASE SP WOLDER GIFTS"},
	shelfRow{day: 60, amount: 1000, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"},
	shelfRow{day: 90, amount: 1100, text: "DEBIT CARD CREDIT SP WOLDER GIFTS"},
)

// TestWhoSellsAndPaysGivesBackTheWholeOrSaysSo: gig pay on a checking account is no part of a ride; on a card all that
// comes is a refund.
func TestWhoSellsAndPaysGivesBackTheWholeOrSaysSo(t *testing.T) { sellerAndBuyer.test(t) }

var sellerAndBuyer = tellShelf(func(s *shelf) (ask func(t *testing.T)) {
	s.account("fca_cash", "fca_cash", "cus_1", "cash", nil, -90)
	s.account("fca_card", "fca_card", "cus_2", "credit", nil, -90)
	for _, account := range []string{"fca_cash", "fca_card"} {
		s.rows(account, []shelfRow{
			{day: 1, amount: -4000, text: "UBER TRIP"},
			{day: 3, amount: 1500, text: "UBER TRIP"},
			{day: 4, amount: -2200, text: "UBER TRIP"},
			{day: 5, amount: 2200, text: "UBER TRIP"},
		})
	}
	s.asks("expenses.refunds")
	return func(t *testing.T) {
		s.wantLines("links", linksOf,
			"fctxn_fca_card_0001 PARTIAL fctxn_fca_card_0000 1500 2 1",
			"fctxn_fca_card_0003 FULL fctxn_fca_card_0002 2200 1 1",
			"fctxn_fca_cash_0003 FULL fctxn_fca_cash_0002 2200 1 1")
	}
})
