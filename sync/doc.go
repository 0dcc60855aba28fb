// Package sync is a round up to landing: it lists the accounts, plans, buys refreshes, waits for them, reads the rows
// and owners of accounts that have new ones, audits, and lands what it read.
//
// It imports the nouns (schema), the journal, and its own packages: stripe (the client), wire (JSON to nouns) and plan
// (decisions). It reaches no DuckDB: rows go to a Landing, an interface of two methods, and what is stored comes as a
// schema.State.
//
// Where to look: round.go is the story of a round, roster.go what it knows of an account, fetch_list.go how a page
// becomes rows, fetch.go when a cursor may move (schema/store/merge_accounts.sql moves it), refresh.go purchases and
// their intents, charges_and_reads.go what refreshes cost, what of the quota of reads is left, and who waits when it is
// spent; wait.go waits for refreshes, owners.go reads owners, refused.go says what becomes of what cannot be decoded,
// confirm.go makes sure of empty pages, audit.go lists accounts whole; consent.go lets a request through only where its
// account is shared (checkRequest).
//
// Accounts that are not listed any more are noticed in missing_accounts.go; transactions that are not are kept, and
// those that Stripe voids come as rows. There is no cursor of events: a round lists accounts.
//
// It promises: each purchase has a durable intent first, and is made at most once; one account's failure is its own;
// a cursor moves only with the last of its rows; a row or part that cannot be decoded is refused alone and named.
package sync
