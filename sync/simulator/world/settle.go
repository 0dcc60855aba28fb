package world

import (
	"fmt"
	"time"

	"fcpipe/sync/simulator/draw"
)

// newRow draws how the n-th thing that happens to an account settles.
func (w *World) newRow(a *Account, date time.Time, number int64, what purchase) Row {
	r, x := w.happens(a, date, number, &what)
	r.Versions = w.fate(a, x, r.at, what)
	return a.withDates(r)
}

// happens draws when something happens, and the row's id and draw. Linked otherwise, a bank words it otherwise.
func (w *World) happens(a *Account, date time.Time, number int64, what *purchase) (r Row, x uint64) {
	x = draw.Of(w.Config.Seed, a.number, "row", number)
	at := date.Add(time.Duration(draw.Between(x, 6*3600, 23*3600)) * time.Second)
	if a.otherwise {
		what.text = otherText(x>>7, what.text)
		if draw.Chance(x>>13, 30) {
			at = at.AddDate(0, 0, -1)
		}
	}
	return Row{ID: draw.ID("fctxn_", w.Config.Seed, a.Identity(), "transaction", number), at: at}, x
}

// withDates leaves of a row's instants what its bank tells.
func (a *Account) withDates(r Row) Row {
	if a.dates == datesOnly {
		r.at = r.at.Truncate(24 * time.Hour)
		for i := range r.Versions {
			r.Versions[i].At = r.Versions[i].At.Truncate(24 * time.Hour)
		}
	}
	return r
}

// postedOf is when a bank posts what is ready at an instant: at once, or in the night that
// follows, with a date alone.
func (a *Account) postedOf(ready time.Time) time.Time {
	if a.dates == instants {
		return ready
	}
	return ready.Truncate(24*time.Hour).AddDate(0, 0, 1)
}

// fate draws what becomes of a row at its bank.
func (w *World) fate(a *Account, x uint64, at time.Time, what purchase) []Version {
	if what.direct {
		return a.direct(at, what.text, what.amount)
	}
	posts := a.postedOf(at.Add(time.Duration(draw.Between(draw.Mix(x+1), 20, 70)) * time.Hour))
	pending := Version{since: at, Status: "pending", Amount: what.amount, Description: what.text, At: at}
	posted := Version{
		since: posts, Status: "posted", Amount: what.amount, Description: what.text, At: at, PostedAt: posts,
	}
	switch fate := draw.Mix(x+2) % 100; {
	case fate < 12: // tips and fuel: another amount when it posts
		posted.Amount += what.amount * draw.Between(draw.Mix(x+3), 5, 25) / 100
	case fate < 16: // the bank tidies the text and the date
		posted.Description = fmt.Sprintf("%s %04d", what.text, draw.Mix(x+4)%10000)
		posted.At = at.Add(2 * time.Hour)
	case fate < 19: // an authorisation that comes to nothing
		return []Version{
			pending,
			{since: posts, Status: "void", Amount: what.amount, Description: what.text, At: at, VoidAt: posts},
		}
	case fate < 22: // late: the bank hears of it only days later
		late := a.postedOf(at.Add(time.Duration(draw.Between(draw.Mix(x+5), 4, 9)) * 24 * time.Hour))
		posted.since, posted.PostedAt = late, late
		return []Version{posted}
	case fate < 23: // posted, then taken back
		undone := posts.Add(30 * time.Hour)
		void := posted
		void.since, void.Status, void.VoidAt = undone, "void", undone
		return []Version{pending, posted, void}
	}
	return []Version{pending, posted}
}

// direct is a row that posts at once.
func (a *Account) direct(at time.Time, text string, amount int64) []Version {
	posts := a.postedOf(at)
	return []Version{
		{since: posts, Status: "posted", Amount: amount, Description: text, At: at, PostedAt: posts},
	}
}
