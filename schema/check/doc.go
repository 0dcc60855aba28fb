// Package check verifies a data directory without changing it: the rules of the published file, its run ledger against
// the journal, modes, earlier generations, landing segments and the payloads of refused rows. package repair repairs
// what it finds.
//
// Where to look: verify.go is the order in which things are checked (Verify); rules.go asks the rules, each a statement
// of verify.sql or of a file beside it, whose name begins with what it needs (listRules); derived.go compares tables
// with a rebuild, ledger.go runs and charges with the journal; erased.go looks for what was erased, stored.go at
// generations and segments, permissions.go at modes, quarantine.go at payloads. The lake is checked by export.
//
// It imports store and the packages of schema below it. It promises a schema.Finding for whatever is wrong, in the same
// order each time, and an error only where the machine, or the end of a context, kept it from looking: an error says
// nothing about the file.
package check
