package models_test

import (
	"slices"
	"testing"
	"time"
)

// distressOf are a checking account's events, one a line.
const distressOf = `SELECT concat_ws(' ', event, first_day, last_day, array_to_string(signals, '+'),
	len(transaction_ids), fee_count, fee_minor, returned_count, representment_count, reversed_count, is_reversed)
	FROM ledger.distress_events ORDER BY first_day, event`

// tellChecking adds a story of a checking account.
func tellChecking(ask func(s *shelf), rows ...shelfRow) *shelfStory {
	return tellShelf(func(s *shelf) func(t *testing.T) {
		s.account("fca_cash", "fca_cash", "cus_1", "cash", nil, -90)
		s.rows("fca_cash", rows)
		s.asks("expenses.fees", "expenses.refunds", "expenses.transactions")
		return func(*testing.T) { ask(s) }
	})
}

func (s *shelf) wantLines(what, query string, want ...string) {
	s.t.Helper()
	if got := s.strings(query); !slices.Equal(got, want) {
		s.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// TestOverdraftProtectionTransferIsNoEvent: whoever covers an overdraft from savings was not short of money, a yearly
// price of overdraft privilege is no fee for want of it, and what a creditor asks for a returned payment is late.
func TestOverdraftProtectionTransferIsNoEvent(t *testing.T) { coveredOverdraft.test(t) }

var coveredOverdraft = tellChecking(func(s *shelf) {
	s.wantLines("events", distressOf)
	s.wantLines("fees", "SELECT fee_type || ' ' || amount_minor FROM expenses.fees ORDER BY transacted_date",
		"fee.other 1250", "fee.maintenance 2000", "fee.late 2900")
},
	shelfRow{day: 1, amount: 20000, text: "OVERDRAFT PROTECTION TRANSFER FROM SAVINGS 1234"},
	shelfRow{day: 2, amount: -20000, text: "OVERDRAFT PROTECTION TRANSFER TO CHECKING 1234"},
	shelfRow{day: 3, amount: -1250, text: "OVERDRAFT PROTECTION TRANSFER FEE"},
	shelfRow{day: 4, amount: -2000, text: "OVERDRAFT PRIVILEGE ANNUAL FEE"},
	shelfRow{day: 20, amount: -2900, text: "RETURNED PMT FEE AMEX"},
)

// TestFeeReturnAndRetryAreOneEvent: three rows of one trouble; the bill that came back is no spending, and the one that
// was paid in the end is.
func TestFeeReturnAndRetryAreOneEvent(t *testing.T) { feeReturnAndRetry.test(t) }

var feeReturnAndRetry = tellChecking(func(s *shelf) {
	s.wantLines("events", distressOf,
		"fctxn_fca_cash_0001 2026-09-03 2026-09-07 fee+representment+returned_item 3 1 3500 1 1 0 false",
		"fctxn_fca_cash_0004 2026-09-13 2026-09-13 fee 1 1 3500 0 0 0 false")
	s.wantLines("rows", `SELECT concat_ws(' ', amount_minor, category, spend_state, coalesce(reversal_of_id, '-'),
		coalesce(distress_event_id, '-')) FROM ledger.labels ORDER BY transaction_id`,
		"-8000 utilities.water reversed - -",
		"8000 adj.returned_item reversed fctxn_fca_cash_0000 fctxn_fca_cash_0001",
		"-3500 fee.nsf counted - fctxn_fca_cash_0001",
		"-8000 utilities.water counted - fctxn_fca_cash_0001",
		"-3500 fee.overdraft counted - fctxn_fca_cash_0004")
},
	shelfRow{day: 1, amount: -8000, text: "ACH DEBIT CITY WATER DES:BILL ID:1 INDN:JANE DOE CO ID:2 PPD"},
	shelfRow{day: 2, amount: 8000, text: "RETURNED ITEM CITY WATER"},
	shelfRow{day: 2, amount: -3500, text: "NSF: RETURNED ITEM FEE FOR ACTIVITY OF 09-02"},
	shelfRow{day: 6, amount: -8000, text: "ACH DEBIT CITY WATER DES:RETRY PYMT ID:1 INDN:JANE DOE CO ID:2 PPD"},
	shelfRow{day: 12, amount: -3500, text: "OVERDRAFT ITEM FEE FOR ACTIVITY OF 09-12"},
)

// TestARefundedFeeOnlyEventLowersTheNetCountNotTheGross: the first event is only a fee, which is given back; the fee of
// the second is given back, too, but an item was returned; the third fee comes back after sixty days.
func TestARefundedFeeOnlyEventLowersTheNetCountNotTheGross(t *testing.T) { refundedFees.test(t) }

var refundedFees = tellChecking(func(s *shelf) {
	s.wantLines("gross and net",
		"SELECT count(*) || ' ' || count(*) FILTER (NOT is_reversed) FROM ledger.distress_events", "3 2")
	s.wantLines("fees", `SELECT concat_ws(' ', amount_minor, refunded_minor, coalesce(refund_id, '-'), institution_name)
		FROM expenses.fees ORDER BY transacted_date`,
		"3500 3500 fctxn_fca_cash_0001 Case Bank", "3400 3400 fctxn_fca_cash_0005 Case Bank", "3600 0 - Case Bank")
},
	shelfRow{day: 1, amount: -3500, text: "OVERDRAFT FEE"},
	shelfRow{day: 9, amount: 3500, text: "OVERDRAFT FEE REVERSAL"},
	shelfRow{day: 20, amount: -5000, text: "ACH DEBIT GYM OF WOLDER"},
	shelfRow{day: 21, amount: 5000, text: "RETURNED ITEM"},
	shelfRow{day: 21, amount: -3400, text: "NSF FEE"},
	shelfRow{day: 30, amount: 3400, text: "NSF FEE REFUND"},
	shelfRow{day: 40, amount: -3600, text: "OVERDRAFT FEE"},
	shelfRow{day: 101, amount: 3600, text: "OVERDRAFT FEE REVERSAL"},
)

// TestEveryReversalIsOfOneFee: of three equal fees and two reversals each reversal is of the newest that is left.
func TestEveryReversalIsOfOneFee(t *testing.T) { threeEqualFees.test(t) }

var threeEqualFees = tellChecking(func(s *shelf) {
	s.wantLines("pairs", "SELECT reversal_id || ' ' || reversed_id FROM ledger.reversals ORDER BY 1",
		"fctxn_fca_cash_0003 fctxn_fca_cash_0002", "fctxn_fca_cash_0004 fctxn_fca_cash_0001")
},
	shelfRow{day: 1, amount: -3500, text: "OVERDRAFT FEE"},
	shelfRow{day: 11, amount: -3500, text: "OVERDRAFT FEE"},
	shelfRow{day: 21, amount: -3500, text: "OVERDRAFT FEE"},
	shelfRow{day: 23, amount: 3500, text: "OVERDRAFT FEE REFUND"},
	shelfRow{day: 24, amount: 3500, text: "OVERDRAFT FEE REFUND"},
)

// TestWhatIsBroughtBackToAShopIsNotReturnedByABank: a card never bounces; a bill may, and a text that names another one
// is not of it.
func TestWhatIsBroughtBackToAShopIsNotReturnedByABank(t *testing.T) { broughtBack.test(t) }

var broughtBack = tellChecking(func(s *shelf) {
	s.wantLines("taken back", "SELECT reversal_id FROM ledger.reversals")
	s.wantLines("given back", "SELECT kind || ' ' || purchase_id FROM ledger.refund_links", "FULL fctxn_fca_cash_0000")
},
	shelfRow{day: 1, amount: -5210, text: "DEBIT CARD PURCHASE HOME DEPOT #123 AUSTIN TX"},
	shelfRow{day: 3, amount: 5210, text: "RETURN HOME DEPOT #123 AUSTIN TX"},
	shelfRow{day: 10, amount: -7700, text: "ACH DEBIT VERIZON WIRELESS"},
	shelfRow{day: 11, amount: 7700, text: "RETURNED ITEM GEICO"},
	shelfRow{day: 20, amount: -6600, text: "ACH DEBIT CITY WATER"},
	shelfRow{day: 26, amount: 6600, text: "RETURNED ITEM CITY WATER"},
)

// TestVoidAfterPost: a fee that is voided after it posted is no longer an event, and a purchase that is voided is not
// what a refund gives back. History that grows at its end changes no event's id.
func TestVoidAfterPost(t *testing.T) {
	b := newEmptyBank(t, 3)
	a := b.accounts[0]
	at := func(day int) time.Time { return b.hours(24 * (day - 40)) }
	b.posting(a, at(1), "OVERDRAFT FEE", -3500)
	b.posting(a, at(9), "OVERDRAFT FEE", -3500)
	b.posting(a, at(10), "DEBIT CARD PURCHASE KROGER #412", -5000)
	b.posting(a, at(12), "KROGER #412 REFUND", 5000)
	b.derive("ledger.distress_events", "ledger.refund_links")
	s := b.shelf
	const events = "SELECT event || ' ' || len(transaction_ids) FROM ledger.distress_events ORDER BY 1"
	const links = "SELECT kind || ' ' || coalesce(purchase_id, '-') FROM ledger.refund_links"
	s.wantLines("events before", events, "fctxn_0001 1", "fctxn_0002 1")
	s.wantLines("links before", links, "FULL fctxn_0003")

	for _, r := range []*bankRow{b.rows[0], b.rows[2]} {
		r.status, r.voided = "void", new(at(14))
		b.store(r, false)
	}
	b.posting(a, at(13), "NSF FEE", -3400)
	b.derive("ledger.distress_events", "ledger.refund_links")
	s.wantLines("events after", events, "fctxn_0002 2")
	s.wantLines("links after", links, "UNLINKED -")
}
