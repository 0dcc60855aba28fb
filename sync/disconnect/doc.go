// Package disconnect ends fcpipe's access to accounts at Stripe: those of one account id, or of a holder. It finds out
// which accounts these are, asks for each under an idempotency key that is derived, and reads what Stripe answers.
//
// It imports schema, the journal, sync/stripe and sync/wire. It promises that a request has a durable record first,
// that doing it again does no harm (an account that is disconnected already stays so), and that one account's failure
// leaves the others to be done. Disconnecting ends new data alone: what is held stays until it is erased.
package disconnect
