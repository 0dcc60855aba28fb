// Package rules reads the user's own rules and overrides, rules.csv and overrides.csv, and says which rules a text of a
// bank fits. README.md says what the files are made of.
//
// It imports schema/models/text, by which texts are brought into one spelling, and no database: contents of files and
// rows are handed in. It promises that what ReadRules and ReadOverrides return can be used; everything else is one
// error that names the file and the line, and says what to do.
package rules
