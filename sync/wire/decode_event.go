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

// DecodeEvent reads the few fields that matter. The account inside is of the version and the
// moment of the event: it is read again.
func DecodeEvent(raw []byte) (e Event, err error) {
	if err := checkShape(raw); err != nil {
		return e, err
	}
	var seen uint
	err = eachField(raw, func(name string, value []byte) error {
		switch name {
		case "id":
			seen |= 1
			return wantID(name, value, &e.ID)
		case "type":
			seen |= 2
			return wantText(name, value, &e.Kind)
		case "created":
			seen |= 4
			return wantTime(name, value, &e.CreatedAt)
		case "data":
			seen |= 8
			return inField(name, subject(value, &e))
		}
		return nil
	})
	return e, asFieldError(err, required(seen, []string{"id", "type", "created", "data"}))
}

// subject takes the id of what an event is about.
func subject(data []byte, e *Event) error {
	return eachField(data, func(name string, value []byte) error {
		if name != "object" {
			return nil
		}
		return inField("data.object", eachField(value, func(name string, value []byte) error {
			if name == "id" {
				return wantID("data.object.id", value, &e.AccountID)
			}
			return nil
		}))
	})
}
