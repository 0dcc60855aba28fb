// Package linking is how accounts come to be shared: customers and accounts configured as customers (Accounts v2),
// consents, sessions with every parameter, and what a holder may do with a session in the client: look at their banks
// and accounts, connect some, leave, fail at the bank, come back too late or twice.
//
// It is as strict as Stripe about parameters it does not know, that are missing or that say nothing, in Stripe's words
// where they are published. A Desk has no clock and no lock: whoever asks says when, one at a time. It imports draw,
// world and answer.
//
// Where to look: desk.go finds the handler of a path (Route); customer.go and account_v2.go make holders, holder.go
// says whose accounts a session collects; session_create.go reads its parameters, session.go shows it; client.go with
// client_steps.go is what the client asks, connect.go links accounts, relink.go repairs connections, consent.go has
// texts of consents. form.go and json.go refuse what is unknown, version.go tells versions of the API apart.
package linking
