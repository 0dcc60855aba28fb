// Package stored keeps what the user's own files say in tables of the file that is published: meta.rules,
// meta.overrides, meta.transfer_decisions, meta.policies and meta.loan_requests.
//
// It imports schema/rules and schema/duck; the caller's transaction is passed in. It promises that the same content
// writes nothing, that a line that is changed or gone keeps its row with the instant it ended, and that lines of
// transactions that are not held, and rules for accounts and holders and requests of holders that are erased, are not
// stored.
package stored
