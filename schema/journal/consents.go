package journal

import (
	"maps"
	"slices"
	"time"
)

// Consent is what a holder agreed to share of one account in a session that fcpipe opened. It is durable here from the
// moment it is known; the next merge makes it a row of meta.consents.
type Consent struct {
	AccountID       string    `json:"account_id"`
	HolderType      string    `json:"holder_type"` // customer, customer_account or account
	HolderID        string    `json:"holder_id"`
	StripeAccountID *string   `json:"stripe_account_id,omitempty"`
	Permissions     []string  `json:"permissions"` // sorted
	SessionID       *string   `json:"session_id,omitempty"`
	StripeConsentID *string   `json:"stripe_consent_id,omitempty"`
	Text            *string   `json:"text,omitempty"` // what was shown
	TextVersion     *string   `json:"text_version,omitempty"`
	Locale          *string   `json:"locale,omitempty"`
	GivenAt         time.Time `json:"given_at"`
}

// ConsentEnd says that we ended the consent for an account: what its end in Stripe's list does not tell.
type ConsentEnd struct {
	AccountID string    `json:"account_id"`
	Reason    string    `json:"reason"` // by_us or erased
	At        time.Time `json:"at"`
}

// RecordConsents makes what a session ended with durable: all of its accounts or, on an error, none. Another process
// may hold the lock of a round meanwhile.
func (j *Journal) RecordConsents(consents ...Consent) error {
	if len(consents) == 0 {
		return nil
	}
	recorded := slices.Clone(consents)
	for i := range recorded {
		recorded[i].GivenAt = journaled(recorded[i].GivenAt).UTC().Truncate(time.Microsecond)
	}
	return j.append(Record{Kind: recordConsents, Consents: recorded})
}

// RecordConsentEnd makes durable that we ended the consent for an account.
func (j *Journal) RecordConsentEnd(end ConsentEnd) error {
	return j.append(Record{Kind: recordConsentEnd, ConsentEnd: &end})
}

// Consents returns every consent that was given here, in the order of its record.
func (j *Journal) Consents() []Consent {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return slices.Clone(j.index.consents)
}

// ConsentEnds returns how we last ended the consents for accounts that were not given again later, by account.
func (j *Journal) ConsentEnds() map[string]ConsentEnd {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return maps.Clone(j.index.consentEnds)
}
