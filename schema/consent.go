package schema

import "time"

// Consent is what a holder agreed to share of one account in a session that fcpipe opened, with what was shown to them.
// Source: https://docs.stripe.com/api/financial_connections/sessions
type Consent struct {
	AccountID       string
	HolderType      string    // customer, customer_account or account
	HolderID        string    // cus_… or acct_…
	StripeAccountID *string   // the connected account it was shared with; nil is the key's own
	Permissions     []string  // as Stripe names them, sorted: balances, ownership, payment_method, transactions
	SessionID       *string   // fcsess_…; nil where the account was linked elsewhere
	StripeConsentID *string   // Stripe's consent object, where the Stripe account has it
	Text            *string   // what was shown, word for word
	TextVersion     *string   // which of our texts it is
	Locale          *string   // the language it was shown in, BCP 47
	GivenAt         time.Time // when the session ended with it
}

// ConsentState is what is known of the consent for one account: the newest row of meta.consents, or a newer consent
// that was given here and is not merged yet. The zero value is that there is none.
type ConsentState struct {
	Permissions []string // nil where Stripe does not say what is shared
	// Ended says why it ended: by_holder, by_us, expired, inactive or erased; "" while it lasts
	Ended string
}

// Reasons of an end, in meta.consents.reason.
const (
	EndedByHolder = "by_holder" // at Stripe, at the bank, or by request to either
	EndedByUs     = "by_us"     // fcpipe disconnect
	EndedExpired  = "expired"   // the bank's access ended by itself
	EndedInactive = "inactive"  // the bank refuses new data; what was refreshed before stays readable
	EndedErased   = "erased"    // fcpipe erase
)
