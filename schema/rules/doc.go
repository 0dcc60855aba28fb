// Package rules reads the user's own files: rules.csv and overrides.csv, of which it says which rules a text of a bank
// fits, policy.csv, the conditions that reports and underwriting.reasons apply, and loan_requests.csv, the loans that
// holders ask for. README.md and that of cmd/fcpipe/page say what they are made of.
//
// Where to look: file.go reads lines and cells of any of the files (readLines); rule.go, override.go, policy.go with
// reason.go, and request.go are what a line of each may say; category.go checks categories, money.go amounts;
// matcher.go finds the rules that a text fits (Compile, Match); set.go is all files together. schema/rules/stored keeps
// them; the models that apply them are user_labels.sql, user_hints.sql and transfers.sql of schema/ledger, reasons.sql
// and loan_values.sql of schema/underwriting.
//
// It imports schema/models/text, by which texts are brought into one spelling, and no database: contents of files and
// rows are handed in. It promises that what ReadRules, ReadOverrides, ReadPolicy and ReadLoanRequests return can be
// used; everything else is one error that names the file and the line, and says what to do.
package rules
