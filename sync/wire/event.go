package wire

import "time"

// Event is what matters of an event: which account it is about.
// Source: https://docs.stripe.com/api/events/object
type Event struct {
	ID        string
	Kind      string // Stripe's type of the event
	AccountID string // of what the event is about; "" when it names nothing
	CreatedAt time.Time
}

type event struct {
	ID      span              `json:"id"`
	Type    span              `json:"type"`
	Created span              `json:"created"`
	Data    nested[eventData] `json:"data"`
}

type eventData struct {
	Object nested[onlyID] `json:"object"`
}

// DecodeEvent reads the few fields that matter. The account inside is of the version and the
// moment of the event: it is read again. The error is a *FieldError.
func DecodeEvent(raw []byte) (Event, error) {
	var f event
	o := openRow(raw, &f, &f.ID)
	e := Event{
		ID:        o.requireID("id", f.ID),
		Kind:      o.requireString("type", f.Type),
		CreatedAt: o.requireTime("created", f.Created),
	}
	data := o.requireObject("data", f.Data.compound)
	if subject := f.Data.fields.Object; subject.to > 0 {
		account := data.requireObject("object", subject.compound)
		if subject.fields.ID.to > 0 {
			e.AccountID = account.requireID("id", subject.fields.ID)
		}
		data.close("object", account)
	}
	o.close("data", data)
	return e, o.err()
}
