// Package journal is the append-only file that knows what fcpipe asked Stripe for and what that cost: identities,
// intents and their results, charges, reads, runs, audits and settlements. It also answers what these records add up
// to, by account and over time (History).
//
// Where to look: records.go has the line of the journal (Record) and most kinds of it; journal.go opens the file, tells
// a torn line from damage (isTorn), and appends (append); lists.go reads the longest lines; consents.go,
// disconnections.go and erasures.go are records with the questions about them; index.go answers what the others add up
// to (OpenIntents, SpentSince, ReadsSince), history.go what happened to an account. rewrite.go is for erasures,
// repair.go for damaged files, codes.go for codes of earlier versions.
//
// It imports package durable alone. It promises that a record is durable when its Record… method returns nil, that a
// line torn by a crash is dropped and any other damage is ErrCorrupt, and that the records of every earlier version can
// be read.
package journal
