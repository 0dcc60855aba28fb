package journal

import (
	"maps"
	"time"
)

// Disconnection is that we asked Stripe to end our access to an account. It is recorded before its request is sent, and
// again, with Done, once Stripe has answered that the account is disconnected.
type Disconnection struct {
	AccountID string    `json:"account_id"`
	Key       string    `json:"key"`     // idempotency key
	Attempt   int       `json:"attempt"` // from 1; another one has another key, where Stripe refused the one before
	At        time.Time `json:"at"`
	Done      bool      `json:"done,omitempty"`
	Refused   bool      `json:"refused,omitempty"` // Stripe said no: asking again under this key repeats that
	RequestID string    `json:"request_id,omitempty"`
	RunID     string    `json:"run_id"`
}

// RecordDisconnection makes it durable.
func (j *Journal) RecordDisconnection(d Disconnection) error {
	d.At = journaled(d.At)
	return j.append(Record{Kind: recordDisconnection, Disconnection: &d})
}

// Disconnections returns the newest record of each account that we disconnected, or meant to.
func (j *Journal) Disconnections() map[string]Disconnection {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return maps.Clone(j.index.disconnections)
}
