// Package check verifies a data directory without changing it: the rules of the published file, its run ledger against
// the journal, modes, earlier generations, landing segments and the payloads of refused rows. package repair repairs
// what it finds.
//
// It imports store and the packages of schema below it. It promises a schema.Finding for whatever is wrong, in the same
// order each time, and an error only where the machine, or the end of a context, kept it from looking: an error says
// nothing about the file.
package check
