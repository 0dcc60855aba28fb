// Package landing is where fetched rows become durable before any reader sees them: a directory of immutable DuckDB
// files, the segments, and beside it the payloads of refused rows.
//
// Where to look: landing.go opens what earlier runs left (Open) and takes rows (Land); segment.go is the file being
// written, landing.sql its tables, rows.go what goes into each; sealing.go makes it durable (Seal); merged.go removes
// what is published (Sweep). payload.go keeps refused rows, rewrite.go is for erasures. What merges is schema/store, in
// stage.go and merge.go.
//
// It imports schema, durable and duck. It promises that the rows of one Land call stay together, that no completion
// lands without the rows it speaks of, and that segments are removed all at once or not at all: see merged.go.
package landing
