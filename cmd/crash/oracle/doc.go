// Package oracle decides whether a data directory holds what it must: at any instant what a reader
// may rely on, and after a clean round the simulator's ground truth, row by row.
//
// It imports schema, export and sync/simulator, and nothing else of the crash harness. It is built on every
// system, for the tests of cmd/fcpipe hold their files to the same truth.
//
// It promises one line for each difference, which begins with the invariants it breaks (I1, I3, …, which
// cmd/crash/INVARIANTS.md explains). It changes no byte of what it looks at. An error means that it could not
// look, never that something is wrong with the data.
package oracle
