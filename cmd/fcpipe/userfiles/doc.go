// Package userfiles reads the user's own files from where the configuration says they are, and tries rules and
// overrides against the published file: what each line would change, and which lines change nothing.
//
// Where to look: load.go reads every file (Load), policy.go the policy; what a line may say is in schema/rules.
// check.go is the order of "fcpipe rules check" (Check), derive.go has the models say what they would make of the
// lines; findings.go, pairs.go and requests.go find what a line does, check.sql and pairs.sql are their questions;
// print.go prints. naming.go finds lines that name what an erasure removes.
//
// It imports the configuration, schema/rules and what opens the published file, which it only reads. It promises that
// what it prints, which has texts of banks in it, goes to the writer that is passed in and nowhere else.
package userfiles
