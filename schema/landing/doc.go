// Package landing is where fetched rows become durable before any reader sees them: a directory of immutable DuckDB
// files, the segments, and beside it the payloads of refused rows.
//
// It imports schema, durable and duck. It promises that the rows of one Land call stay together, that no completion
// lands without the rows it speaks of, and that segments are removed all at once or not at all: see merged.go.
package landing
