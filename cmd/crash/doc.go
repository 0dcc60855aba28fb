// Command crash proves what fcpipe promises of crashes: it kills rounds at every system call and HTTP exchange, makes
// calls fail, rebuilds what a power cut may leave, flips bits, and holds each outcome to the invariants of
// INVARIANTS.md. It needs Linux on amd64 and no rights, and a fcpipe that is built with -tags failpoints; elsewhere it
// says so.
//
// Where to look: main.go has the flags and the order of things (prove), sections.go every kind of trial with how many
// are wanted (sections), sample.go which go first, report.go the page; shipped.go holds the program that people get to
// having no switches of tests, unsupported.go is for other systems. A trial is made in faults, lived through in
// harness, judged in oracle; failpoint is the part that is in the program under test.
//
// It imports failpoint, faults, harness and tracer. It promises to end with an error when anything was found, and when
// what was asked for could not be tried.
package main
