package world

import "slices"

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
