// Package plan decides what a round does with each feature of each account, and says why: what is
// bought, waited for, read or skipped, within a budget of money and a quota of reads.
//
// It is pure. What it is told comes in as values ([Facts], [Policy]), what it decides goes out as
// values ([Plan], [Quota]); it reads no clock, no journal and no file, and changes nothing it was given.
// The same facts give the same decisions.
//
// It imports schema, for the nouns, and the standard library.
package plan
