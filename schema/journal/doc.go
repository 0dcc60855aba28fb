// Package journal is the append-only file that knows what fcpipe asked Stripe for and what that cost: identities,
// intents and their results, charges, reads, runs, audits and settlements. It also answers what these records add up
// to, by account and over time (History).
//
// It imports package durable alone. It promises that a record is durable when its Record… method returns nil, that a
// line torn by a crash is dropped and any other damage is ErrCorrupt, and that the records of every earlier version can
// be read.
package journal
