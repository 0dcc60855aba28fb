// Package oracle decides whether a data directory holds what it must: at any instant what a reader may rely on, and
// after a clean round the simulator's ground truth, row by row.
//
// Where to look: oracle.go has what is promised at any instant (CheckReadable) and after a clean round (CheckComplete);
// truth.go is the world's truth and how a file differs from it, row.go its rows; cursors.go is I3, charges.go I14,
// history.go that nothing known is lost, erased.go what an erasure promises (CheckErased). questions.go asks the file,
// readerview.go tells when a reader could see anything else.
//
// It imports packages of schema that read and check, export and sync/simulator, and no other package of cmd/crash. It
// is built on every system, for the tests of cmd/fcpipe hold their files to the same truth.
//
// It promises one line for each difference, which begins with the invariants it breaks (I1, I3, …, which
// cmd/crash/INVARIANTS.md explains). It changes no byte of what it looks at. An error means that it could not look,
// never that something is wrong with the data.
package oracle
