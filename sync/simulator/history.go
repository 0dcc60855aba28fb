package simulator

import (
	"fmt"
	"slices"
	"time"
)

// row is one bank transaction with everything that ever happens to it.
type row struct {
	id        string
	at        time.Time // when it happened
	versions  []bankVersion
	deletedAt time.Time // zero: never
}

// bankVersion is a state of a row at its bank, since an instant.
type bankVersion struct {
	since       time.Time
	status      string
	amount      int64
	description string
	currency    string    // "" is usd
	at          time.Time // transacted_at; may change when it posts
	postedAt    time.Time // zero: not
	voidAt      time.Time // zero: not
}

// stateAt is the number of the row's state at an instant; -1 when its bank does not know it
// yet, or not any more.
func (r *row) stateAt(instant time.Time) int {
	if !r.deletedAt.IsZero() && !instant.Before(r.deletedAt) {
		return -1
	}
	for i, v := range slices.Backward(r.versions) {
		if !v.since.After(instant) {
			return i
		}
	}
	return -1
}

// generate extends the bank's history up to an instant.
func (s *Server) generate(a *account, until time.Time) {
	start := a.historyStart()
	for ; !start.AddDate(0, 0, a.rowsThrough).After(until); a.rowsThrough++ {
		day, n := a.rowsThrough, 0
		date := start.AddDate(0, 0, day)
		enter := func(what purchase) {
			r := s.newRow(a, date, int64(day)*100+int64(n), what)
			a.book.balance += r.settles()
			a.rows = append(a.rows, r)
			n++
		}
		if s.config.RowsPerAccount == 0 {
			s.eventsOn(a, date, enter)
			continue
		}
		for range s.rowsOn(day) {
			enter(s.describe(a, date, int64(day)*100+int64(n)))
		}
	}
	a.applyEdits()
}

// settles is what a row comes to in the end.
func (r *row) settles() int64 {
	if last := r.versions[len(r.versions)-1]; last.status != "void" {
		return last.amount
	}
	return 0
}

// rowsOn is how many rows happen on a day of an account with a fixed number of them.
func (s *Server) rowsOn(day int) int {
	perDay, more := s.config.RowsPerAccount/s.config.HistoryDays, s.config.RowsPerAccount%s.config.HistoryDays
	if day%s.config.HistoryDays < more {
		perDay++
	}
	return perDay
}

// newRow draws how the n-th thing that happens to an account settles.
func (s *Server) newRow(a *account, date time.Time, number int64, what purchase) row {
	x := draw(s.config.Seed, a.number, "row", number)
	at := date.Add(time.Duration(between(x, 6*3600, 23*3600)) * time.Second)
	if a.otherwise {
		what.text = otherText(x>>7, what.text)
		if chance(x>>13, 30) {
			at = at.AddDate(0, 0, -1)
		}
	}
	r := row{id: identifier("fctxn_", s.config.Seed, a.identity(), "transaction", number), at: at}
	r.versions = s.fate(a, x, at, what)
	if a.dates == datesOnly {
		r.at = at.Truncate(24 * time.Hour)
		for i := range r.versions {
			r.versions[i].at = r.versions[i].at.Truncate(24 * time.Hour)
		}
	}
	return r
}

// postedOf is when a bank posts what is ready at an instant: at once, or in the night that
// follows, with a date alone.
func (a *account) postedOf(ready time.Time) time.Time {
	if a.dates == instants {
		return ready
	}
	return ready.Truncate(24*time.Hour).AddDate(0, 0, 1)
}

// fate draws what becomes of a row at its bank.
func (s *Server) fate(a *account, x uint64, at time.Time, what purchase) []bankVersion {
	if what.direct {
		posts := a.postedOf(at)
		return []bankVersion{{since: posts, status: "posted", amount: what.amount, description: what.text, at: at, postedAt: posts}}
	}
	posts := a.postedOf(at.Add(time.Duration(between(mix(x+1), 20, 70)) * time.Hour))
	pending := bankVersion{since: at, status: "pending", amount: what.amount, description: what.text, at: at}
	posted := bankVersion{since: posts, status: "posted", amount: what.amount, description: what.text, at: at, postedAt: posts}
	switch fate := mix(x+2) % 100; {
	case fate < 12: // tips and fuel: another amount when it posts
		posted.amount += what.amount * between(mix(x+3), 5, 25) / 100
	case fate < 16: // the bank tidies the text and the date
		posted.description = fmt.Sprintf("%s %04d", what.text, mix(x+4)%10000)
		posted.at = at.Add(2 * time.Hour)
	case fate < 19: // an authorisation that comes to nothing
		return []bankVersion{pending, {since: posts, status: "void", amount: what.amount, description: what.text, at: at, voidAt: posts}}
	case fate < 22: // late: the bank hears of it only days later
		late := a.postedOf(at.Add(time.Duration(between(mix(x+5), 4, 9)) * 24 * time.Hour))
		posted.since, posted.postedAt = late, late
		return []bankVersion{posted}
	case fate < 23: // posted, then taken back
		undone := posts.Add(30 * time.Hour)
		void := posted
		void.since, void.status, void.voidAt = undone, "void", undone
		return []bankVersion{pending, posted, void}
	}
	return []bankVersion{pending, posted}
}

// balanceAt is what the bank's books say at an instant: posted rows only.
func (s *Server) balanceAt(a *account, instant time.Time) (current, pending int64) {
	s.generate(a, instant)
	current = a.opening
	for i := range a.rows {
		if n := a.rows[i].stateAt(instant); n >= 0 {
			switch v := a.rows[i].versions[n]; v.status {
			case "posted":
				current += v.amount
			case "pending":
				pending += v.amount
			}
		}
	}
	return current, pending
}
