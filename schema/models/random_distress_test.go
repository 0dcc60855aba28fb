package models_test

import (
	"testing"
	"time"

	"fcpipe/schema/storetest"
)

// bounce adds what happens when money is short: a bill that is returned, a fee, the bill again, the fee given back;
// each of them often enough, and some days after the one before; then the bank says what it did.
func (b *randomBank) bounce() {
	a, at := pick(b, b.accounts[:4]), b.hours(-24*(4+b.draw.IntN(70)))
	amount := pick(b, []int64{2500, 5000, 12500})
	for _, step := range []struct {
		text   string
		amount int64
		days   int
	}{
		{"ACH DEBIT CITY WATER", -amount, 0},
		{pick(b, []string{"RETURNED ITEM CITY WATER", "RETURN CITY WATER", "RETURNED ITEM"}), amount, 1},
		{pick(b, []string{"NSF FEE", "OVERDRAFT FEE"}), -2500, 0},
		{"ACH DEBIT CITY WATER DES:RETRY PYMT", -amount, 3},
		{"OVERDRAFT FEE REVERSAL", 2500, 9},
		{pick(b, []string{"STOP PAYMENT FEE", "OVERDRAFT PROTECTION TRANSFER", "IRS LEVY"}), -1000, 1},
	} {
		at = at.AddDate(0, 0, step.days+b.draw.IntN(7)/6*5)
		if b.chance(5) {
			continue
		}
		b.posting(a, at, step.text, step.amount)
	}
}

// remit adds what looks like an advance that is paid back on workdays: a receipt, and equal debits, now and then of a
// lower amount from some day on, or stopped for weeks.
func (b *randomBank) remit() {
	a, at := pick(b, b.accounts[:4]), b.hours(-24*(30+b.draw.IntN(60)))
	text, amount := pick(b, []string{"ACH DEBIT KAPITUS CCD ID: 2", "CITY PARKING GARAGE"}), int64(3000)
	if !b.chance(3) {
		b.posting(a, at, "KAPITUS FUNDING CCD ID: 2", 100000)
	}
	for n := range 16 + b.draw.IntN(8) {
		at = at.AddDate(0, 0, 1)
		for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			at = at.AddDate(0, 0, 1)
		}
		if n == 12 && b.chance(2) {
			amount = 2500
		}
		b.posting(a, at, text, -amount)
	}
}

// giveBack adds a purchase and its refunds, in parts that may be too much together.
func (b *randomBank) giveBack() {
	a, at := pick(b, b.accounts[:4]), b.hours(-24*(4+b.draw.IntN(130)))
	amount := pick(b, []int64{2500, 5000, 5000, 12500})
	for range 1 + b.draw.IntN(2) {
		b.posting(a, at, pick(b, []string{"KROGER #412", "KROGER #77", "AMAZON.COM*2K4"}), -amount)
	}
	for range 1 + b.draw.IntN(3) {
		part := pick(b, []int64{amount, amount / 2, 1000})
		b.posting(a, at.AddDate(0, 0, b.draw.IntN(40)), pick(b, []string{
			"KROGER #412 REFUND", "KROGER #77 REFUND", "AMAZON.COM*2K4 REFUND",
		}), part)
	}
}

// posting adds a posted row.
func (b *randomBank) posting(a *bankAccount, at time.Time, text string, amount int64) {
	r := &bankRow{
		id: b.newID(), account: a.id, currency: "usd", text: text, amount: amount, status: "posted", transacted: at,
		posted: &at,
	}
	b.rows = append(b.rows, r)
	b.store(r, false)
}

// TestRandomHistoriesHaveDistressAndRefunds: what the histories above are for is in them.
func TestRandomHistoriesHaveDistressAndRefunds(t *testing.T) {
	storetest.ForProof(t)
	seen := map[string]bool{}
	for _, seed := range []uint64{61, 66, 67} { // those that have all of it together
		b := newRandomBank(t, seed)
		for range 8 {
			b.bounce()
			b.giveBack()
			if len(b.rows) < 300 {
				b.remit()
			}
		}
		b.deriveWith(only(
			"ledger.reversals", "ledger.refund_links", "ledger.distress_events", "ledger.bank_notices",
			"ledger.advance_positions", "underwriting.integrity_flags", "underwriting.monitoring_events",
			"expenses.category_month",
		), false)
		for _, found := range b.strings(`SELECT DISTINCT kind FROM ledger.reversals
			UNION SELECT DISTINCT kind FROM ledger.refund_links
			UNION SELECT array_to_string(signals, '+') FROM ledger.distress_events
			UNION SELECT kind FROM ledger.bank_notices
			UNION SELECT status FROM ledger.advance_positions
			UNION SELECT flag FROM underwriting.integrity_flags
			UNION SELECT kind FROM underwriting.monitoring_events
			UNION SELECT 'reversed' FROM ledger.distress_events WHERE is_reversed
			UNION SELECT 'of an earlier month' FROM expenses.category_month WHERE net_minor <> net_accrual_minor`) {
			seen[found] = true
		}
	}
	for _, wanted := range []string{
		"returned_item", "fee_reversal", "FULL", "PARTIAL", "UNLINKED", "fee", "fee+representment+returned_item",
		"reversed", "of an earlier month", "stop_payment", "protection_transfer", "levy",
		"CANDIDATE", "NSF_OVERDRAFT_DETECTED", "NEW_LENDER", "OPEN", "STOPPED",
		"ADVANCE_STACKED", "CIRCULAR_TRANSFERS", "NEW_WAGE", "FEED_STALE", "FEED_ROT",
	} {
		if !seen[wanted] {
			t.Errorf("no history has %s", wanted)
		}
	}
}
