// Package plan decides what a round does with each feature of each account, and says why: what is
// bought, waited for, read or skipped, within a budget of money and a quota of reads.
//
// It is pure. What it is told comes in as values ([Facts], [Policy]), what it decides goes out as
// values ([Plan], [Quota]); it reads no clock, no journal and no file, and changes nothing it was given.
// The same facts give the same decisions.
//
// Where to look: plan.go makes a plan of facts (Make). Whether a refresh is worth its price is decided in
// transactions.go (buyTransactions), balance.go (balance) and ownership.go, a feature each: of balances may anything
// have moved (mayHaveMoved), then is it due (due.go), then does money allow it (buy and refusal in budget.go). quota.go
// says how many reads there are and who must wait, charges.go what Stripe bills, reasons.go every reason there is.
//
// It imports schema, for the nouns, and the standard library.
package plan
