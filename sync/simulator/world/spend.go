package world

import (
	"time"

	"fcpipe/sync/simulator/draw"
)

// bought is a purchase that may be given back.
type bought struct {
	text   string
	amount int64
	date   time.Time
}

// subscribed are what is paid on its day once a month.
func (w *World) subscribed(a *Account, date time.Time, enter func(purchase)) {
	for i, paid := range subscriptions {
		x := draw.Of(w.Config.Seed, w.person(a), "subscription", int64(i))
		if draw.Chance(x, paid.percent) && int64(date.Day()) == draw.Between(x>>8, 2, 28) && w.affords(a, paid.low) {
			enter(purchase{paid.text, -paid.low, false})
		}
	}
}

// affords: cash accounts are spent down to a little, cards up to their limit.
func (w *World) affords(a *Account, price int64) bool {
	if a.Category == "credit" {
		return price-a.book.balance < draw.Between(draw.Of(w.Config.Seed, a.number, "limit", 0), 3000, 12_000)*100
	}
	if w.tight(a) {
		return a.book.balance-price > -12_000
	}
	return a.book.balance-price > 4_000
}

// tight is a person who spends all there is, and now and then more.
func (w *World) tight(a *Account) bool {
	return a.main && draw.Chance(draw.Of(w.Config.Seed, w.person(a), "tight", 0), 15)
}

// most is what purchases of a month come to at most.
func (w *World) most(a *Account) int64 {
	if w.tight(a) {
		return w.wage(a) * 9 / 5
	}
	return w.wage(a) * 2 / 5
}

// spend draws purchases of a day within what a month allows, and now and then one that is given
// back.
func (w *World) spend(a *Account, date time.Time, most int64, enter func(purchase)) {
	day := date.Unix() / 86400
	rows := draw.Between(draw.Of(w.Config.Seed, a.number, "rows", day), 0, most)
	for n := range rows {
		x := draw.Of(w.Config.Seed, a.number, "purchase", day*100+n)
		if draw.Chance(x>>48, 2) && w.giveBack(a, date, x, enter) {
			continue
		}
		if p := spending(x); a.book.spent-p.amount < w.most(a) && w.affords(a, -p.amount) {
			a.book.spent -= p.amount
			a.book.bought = append(a.book.bought, bought{p.text, -p.amount, date})
			enter(p)
		}
	}
}

// giveBack refunds the whole of an earlier purchase, or a part. Each is refunded once.
func (w *World) giveBack(a *Account, date time.Time, x uint64, enter func(purchase)) bool {
	b := &a.book
	for len(b.bought) > 0 && date.Sub(b.bought[0].date) > 25*24*time.Hour {
		b.bought = b.bought[1:]
	}
	if len(b.bought) == 0 || date.Sub(b.bought[0].date) < 4*24*time.Hour { // it has posted
		return false
	}
	back := b.bought[0]
	b.bought = b.bought[1:]
	amount := back.amount
	if draw.Chance(x>>24, 40) {
		amount = amount * draw.Between(x>>32, 20, 90) / 100
	}
	enter(purchase{refundText(x>>40, back.text), amount, true})
	return true
}
