package world

import (
	"slices"
	"time"
)

// Meaning is what a transaction of a world with styles truly is.
type Meaning struct {
	ID          string `json:"id"`
	Account     string `json:"account"`
	Institution string `json:"institution"`
	Label       string `json:"label"`                  // code of the taxonomy
	Merchant    string `json:"merchant,omitempty"`     // a shop or company, its family before the slash; no person
	Transfer    string `json:"transfer,omitempty"`     // the same on both legs between the holder's accounts
	CardPayment string `json:"card_payment,omitempty"` // the same on both legs, of a card that is shared
	Stream      string `json:"stream,omitempty"`
	FeeEvent    string `json:"fee_event,omitempty"`
	RefundOf    string `json:"refund_of,omitempty"` // transactions of the same account
	ReversalOf  string `json:"reversal_of,omitempty"`
	ReturnOf    string `json:"return_of,omitempty"`
	RetryOf     string `json:"retry_of,omitempty"`
}

// Stream is a series of regular payments of a world with styles.
type Stream struct {
	ID       string `json:"id"`
	Holder   string `json:"holder"`
	Kind     string `json:"kind"`
	Cadence  string `json:"cadence,omitempty"`
	Merchant string `json:"merchant,omitempty"`
}

// HasStyles reports whether rows of the world have a meaning.
func (w *World) HasStyles() bool { return w.styled != nil && w.Config.RowsPerAccount == 0 }

// Meanings are those of rows of an account, by id, in the order in which the bank entered them.
func (w *World) Meanings(a *Account, isShown func(id string) bool) (meanings []Meaning) {
	ids := map[int]string{}
	first := w.homeKey(a)
	for i := range a.Rows {
		r := &a.Rows[i]
		e := r.entry
		if e == nil {
			continue // a fault made it
		}
		ids[e.Number] = r.ID
		if !isShown(r.ID) {
			continue
		}
		meanings = append(meanings, Meaning{
			ID: r.ID, Account: a.ID, Institution: a.Institution, Label: e.Label, Merchant: e.Merchant,
			Transfer: householdKey(first, e.Transfer), CardPayment: householdKey(first, e.CardPayment),
			Stream: householdKey(first, e.Stream), FeeEvent: householdKey(first, e.FeeEvent),
			RefundOf: ids[e.RefundOf], ReversalOf: ids[e.ReversalOf], ReturnOf: ids[e.ReturnOf],
			RetryOf: ids[e.RetryOf],
		})
	}
	return meanings
}

// Streams are those of every household whose rows were drawn, in order.
func (w *World) Streams() (streams []Stream) {
	if w.styled == nil {
		return nil
	}
	var keys []int
	for key := range w.styled.households {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		for i, s := range w.styled.households[key].Streams {
			streams = append(streams, Stream{
				ID: householdKey(key, i+1), Holder: w.Accounts[key].Holder, Kind: s.Kind, Cadence: s.Cadence,
				Merchant: s.Merchant,
			})
		}
	}
	return streams
}

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
