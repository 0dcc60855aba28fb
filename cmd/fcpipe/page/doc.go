// Package page makes pages for people from the published file: the report of a holder and the operator's page over all
// holders. Each is one HTML file without scripts and without anything from elsewhere; a report also comes as Markdown
// and as JSON.
//
// Where to look: report_fields.go has what a report says, report.go and report.sql read it from the file; html.go with
// report.html and markdown.go write it; chart.go draws daily balances, calendar.go paydays. portfolio.go is the
// operator's page, folder.go writes both for all holders.
//
// It imports schema, its models and rules, durable and duck. It promises that every number stands beside its state
// and its span, that a number that must not be relied on looks unlike one that may, that amounts of different
// currencies are never added, that categories whose use in lending is limited are not named, and that the same file
// gives the same bytes. It describes: there is no score, no recommendation and no decision.
//
// Charts are SVG from small functions. Of the libraries that write SVG without scripts, gonum/plot draws a page of its
// own with fixed fonts and colours, and go-analyze/charts and margaid have no patterns: none could tell proved days
// from unproved ones by form, follow a dark screen, or give each day its text.
//
// What is asked about holders is asked of one connection, on which the tables of the file are read by name: a
// connection whose tables were computed as of an earlier instant gives the report of that instant.
package page
