// Package access collects everything that a data directory holds about one holder, for the right of access: as JSON
// for programs, and as one HTML file for people, without scripts and without anything from elsewhere.
//
// Where to look: access.go is the story (Of); tables.go reads the holder's rows of every table (question says which
// these are), elsewhere.go finds what lies beside the file, html.go with page.html writes the page.
//
// It imports reader, landing, journal, duck and schema. It promises that every table with a column that names accounts,
// chains of accounts or holders is in it with all its columns, whatever a later migration or model adds, and that rows
// of other holders are not.
package access
