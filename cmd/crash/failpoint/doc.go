// Package failpoint is what the crash harness and the script tests disturb fcpipe with: environment variables that
// end it at a named point of a round, take the time out of its sleeps, fill its disk, and leave derived tables out.
//
// It imports schema/models. cmd/fcpipe imports it in builds with the tag "failpoints" and in tests; the program that
// people get does not contain it.
package failpoint
