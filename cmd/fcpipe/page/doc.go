// Package page makes the report of a holder from the published file: one HTML file without scripts and without anything
// from elsewhere, or the same as JSON.
//
// It imports schema, duck and reader. It promises that every number stands beside its state and its span, that a number
// that must not be relied on looks unlike one that may, that amounts of different currencies are never added, and that
// the same file gives the same bytes. It describes: there is no score and no recommendation.
package page
