// Package linking is how accounts come to be shared: customers and accounts configured as customers (Accounts v2),
// consents, sessions with every parameter, and what a holder may do with a session in the client: look at their banks
// and accounts, connect some, leave, fail at the bank, come back too late or twice.
//
// It is as strict as Stripe about parameters it does not know, that are missing or that say nothing, in Stripe's words
// where they are published. A Desk has no clock and no lock: whoever asks says when, one at a time. It imports draw,
// world and answer.
package linking
