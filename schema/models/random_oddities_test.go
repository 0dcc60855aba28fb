package models_test

import (
	"fmt"
	"math"
	"time"
)

// farInstants are those that a bank sends by mistake, and that no sum of days or hours may turn into an error.
var farInstants = []time.Time{
	time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC), time.Unix(0, 0).UTC(),
	time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Unix(-9e12, 0).UTC(), time.Unix(9e12, 0).UTC(),
}

// otherSpellings are of texts in bankTexts: other capitals, spaces, accents and widths.
var otherSpellings = []string{
	"Kroger  #412", "SQ *CORNER CAFE", "sq *corner cafe\u0301", "kroger #412 refund", "Ｕber trip",
	"\u200bRefund Center",
}

// oddRow gives a row what banks send rarely: an instant at the edge of what is believed, a pending row that says when
// it posted, a void one that does not say when, another account, or a spelling of its text.
func (b *randomBank) oddRow() {
	r := pick(b, b.rows)
	switch b.draw.IntN(9) {
	case 0:
		r.transacted = pick(b, farInstants)
	case 1:
		at := pick(b, farInstants)
		r.posted = &at
	case 2: // 730 days before accounts were linked
		at := shelfStart.AddDate(0, 3, b.draw.IntN(50)-25).Add(-730 * 24 * time.Hour)
		r.transacted, r.posted = at, &at
	case 3:
		at := r.transacted.AddDate(0, 0, b.draw.IntN(20)-15)
		r.status, r.posted = "pending", &at
	case 4:
		r.status, r.voided = "void", nil
		if b.chance(2) {
			r.voided = new(pick(b, append([]time.Time{b.hours(24 * 5)}, farInstants...)))
		}
	case 5:
		r.account = pick(b, b.accounts).id
	case 6:
		r.text = pick(b, otherSpellings)
	case 7:
		r.amount = pick(b, []int64{math.MinInt64, math.MaxInt64})
	case 8: // a void row that had been one for long comes again, changed, or an earlier state of it does
		for _, other := range b.rows {
			if other.status == "void" {
				r = other
			}
		}
		earlier := *r
		earlier.status, earlier.posted = "posted", new(b.hours(-b.draw.IntN(24*20)))
		b.store(&earlier, true)
		r.version = earlier.version
	}
	b.store(r, false)
}

// state changes what an account says of itself: whether it lives and what is shared, or links it to a chain of others.
func (b *randomBank) state() {
	a := pick(b, b.accounts)
	switch b.draw.IntN(7) {
	case 0:
		a.status = pick(b, []string{"active", "inactive", "disconnected"})
		a.refresh = pick(b, []*string{nil, new("failed"), new("succeeded")})
	case 1:
		a.permissions = pick(b, [][]any{nil, {}, {"balances"}, {"transactions", "balances"}})
	case 2:
		a.through = nil
	case 3: // all of one chain follow, as when fcpipe link joins two chains
		other, key := pick(b, b.accounts), a.key
		for _, member := range b.accounts {
			if member.key == key {
				member.key = other.key
				b.observe(member)
			}
		}
	case 4:
		a.category = pick(b, []string{"cash", "credit", "investment"})
	case 5:
		a.holder = new(fmt.Sprintf("acct_%d", b.draw.IntN(2)))
	case 6:
		a.created = pick(b, farInstants)
	}
	b.observe(a)
}

// posted stores a new row that posted at an instant.
func (b *randomBank) posted(a *bankAccount, at time.Time) *bankRow {
	b.t.Helper()
	r := &bankRow{
		id: "fctxn_" + a.id + at.Format("0102150405"), account: a.id, currency: "usd", text: "KROGER #412",
		status: "posted", amount: -1000, transacted: at, posted: &at,
	}
	b.rows = append(b.rows, r)
	b.store(r, false)
	return r
}

// paidByTheYear stores six payments of a subscription by the month and, some days ago, one by the year.
func (b *randomBank) paidByTheYear(days int) {
	b.t.Helper()
	b.accounts[0].through = new(b.hours(-3))
	b.observe(b.accounts[0])
	b.posted(b.accounts[0], b.hours(-24))
	for month := range 7 {
		r := b.posted(b.accounts[0], b.hours(-24*(days+30*month)))
		r.text, r.amount = "HLU*HULU 377728328-U", -999
		if month == 0 {
			r.amount = -9999
		}
		b.store(r, false)
	}
}

// spentDaily has the first account pay for something on each of 150 days.
func (b *randomBank) spentDaily() {
	b.t.Helper()
	b.accounts[0].through = new(b.hours(-3))
	b.observe(b.accounts[0])
	for day := range 150 {
		b.posted(b.accounts[0], b.hours(-24*(day+2)))
	}
}

// movedAway gives all accounts of the first holder another one.
func (b *randomBank) movedAway() {
	b.t.Helper()
	for _, a := range b.accounts[:3] {
		a.holder = new("cus_another")
		b.observe(a)
	}
}

// spentAndMoved is a case of a holder whose spending, months and accounts are gone at once.
var spentAndMoved = maintainedCase{
	(*randomBank).spentDaily, (*randomBank).movedAway, []string{"expenses.category_before"},
}
