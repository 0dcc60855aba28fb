package world

import "time"

// Book is what truly happened at an account, whatever its feed made of it.
type Book struct {
	Account   string
	Holder    string
	Category  string
	Mess      string    // what its feed is like; "" is right
	From      time.Time // the day before which its bank tells nothing
	Opening   int64     // balance before that day, cents
	DatesOnly bool      // rows post on a date, which is that of their instant in UTC; else at an instant
	Movements []Movement
}

// Movement is something that entered an account.
type Movement struct {
	ID          string   // of the row
	Shown       []string // ids under which its feed shows or will show it as posted
	Label       string   // code of the taxonomy
	Minor       int64
	At          time.Time
	TakenBackAt time.Time // zero: never
}

// Book is the account's, up to an instant. Rows that post only later are not in it.
func (w *World) Book(a *Account, now time.Time) Book {
	w.Extend(a, now)
	b := Book{
		Account: a.ID, Holder: a.Holder, Category: a.Category, Mess: a.mess, From: a.historyStart(), Opening: a.opening,
		DatesOnly: a.dates != instants,
	}
	for i := range a.Rows {
		r := &a.Rows[i]
		last := r.Versions[len(r.Versions)-1]
		if last.Status != "posted" || last.since.After(now) {
			continue
		}
		m := Movement{ID: r.ID, Minor: last.Amount, At: last.since}
		if Reached(r.deletedAt, now) {
			m.TakenBackAt = r.deletedAt
		}
		if r.entry != nil {
			m.Label = r.entry.Label
		}
		for _, shown := range w.fed(a, *r) {
			if shown.Versions[len(shown.Versions)-1].Status == "posted" {
				m.Shown = append(m.Shown, shown.ID)
			}
		}
		b.Movements = append(b.Movements, m)
	}
	return b
}
