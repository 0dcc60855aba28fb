// Package oracle decides whether a data directory holds what it must: what a reader may look at
// at any instant, and after a clean round the simulator's ground truth, row by row.
//
// It imports schema, export and sync/simulator, nothing of the crash harness, and is built on every
// system: the tests of cmd/fcpipe hold their files to the same truth.
//
// It promises to name each difference in a line that begins with the invariant it breaks (I1, I3, …; INVARIANTS.md has
// them all). It changes no byte of what it looks at, and an error of its own is never a difference.
package oracle
