// Package features writes attributes as they were known at an instant: as CSV, as one JSON object, or as a Parquet
// file. Every row names what it was computed from, so that a set of rows can be joined to others and told apart from
// one that other definitions made.
//
// It imports schema/replay, which computes them, and what that asks. It promises that the same history of the file and
// the same definitions write the same bytes.
package features
