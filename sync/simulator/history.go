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
	for day := a.rowsThrough; ; day++ {
		date := start.AddDate(0, 0, day)
		if date.After(until) {
			a.rowsThrough = day
			a.applyEdits()
			return
		}
		for n := range s.rowsOn(a, day) {
			a.rows = append(a.rows, s.newRow(a, date, day, n))
		}
	}
}

// rowsOn is how many rows happen on a day of an account's history.
func (s *Server) rowsOn(a *account, day int) int {
	if s.config.RowsPerAccount > 0 {
		perDay, rest := s.config.RowsPerAccount/s.config.HistoryDays, s.config.RowsPerAccount%s.config.HistoryDays
		if day%s.config.HistoryDays < rest {
			perDay++
		}
		return perDay
	}
	x := draw(s.config.Seed, a.number, "rows", int64(day))
	switch a.subcategory {
	case "savings":
		if chance(x, 12) {
			return 1
		}
		return 0
	case "credit_card":
		return int(between(x, 0, 3))
	}
	return int(between(x, 0, 4))
}

// newRow draws the n-th row of a day: what was bought, and how it settles.
func (s *Server) newRow(a *account, date time.Time, day, n int) row {
	number := int64(day)*100 + int64(n)
	x := draw(s.config.Seed, a.number, "row", number)
	at := date.Add(time.Duration(between(x, 6*3600, 23*3600)) * time.Second)
	what := s.describe(a, date, number)
	r := row{id: identifier("fctxn_", s.config.Seed, a.identity(), "transaction", number), at: at}
	if what.direct {
		r.versions = []bankVersion{{since: at, status: "posted", amount: what.amount, description: what.text, at: at, postedAt: at}}
		return r
	}
	posts := at.Add(time.Duration(between(mix(x+1), 20, 70)) * time.Hour)
	pending := bankVersion{since: at, status: "pending", amount: what.amount, description: what.text, at: at}
	posted := bankVersion{since: posts, status: "posted", amount: what.amount, description: what.text, at: at, postedAt: posts}
	switch fate := mix(x+2) % 100; {
	case fate < 12: // tips and fuel: another amount when it posts
		posted.amount += what.amount * between(mix(x+3), 5, 25) / 100
	case fate < 16: // the bank tidies the text and the date
		posted.description = fmt.Sprintf("%s %04d", what.text, mix(x+4)%10000)
		posted.at = at.Add(2 * time.Hour)
	case fate < 19: // an authorisation that comes to nothing
		r.versions = []bankVersion{pending, {since: posts, status: "void", amount: what.amount, description: what.text, at: at, voidAt: posts}}
		return r
	case fate < 22: // late: the bank hears of it only days later
		late := at.Add(time.Duration(between(mix(x+5), 4, 9)) * 24 * time.Hour)
		posted.since, posted.postedAt = late, late
		r.versions = []bankVersion{posted}
		return r
	case fate < 23: // posted, then taken back
		undone := posts.Add(30 * time.Hour)
		void := posted
		void.since, void.status, void.voidAt = undone, "void", undone
		r.versions = []bankVersion{pending, posted, void}
		return r
	}
	r.versions = []bankVersion{pending, posted}
	return r
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
