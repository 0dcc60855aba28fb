// Package faults makes trials of everything that may happen to a round: kills, calls and reads that fail,
// power cuts, bits that turn over, readers that look all the time, and writes in a wrong order. Faults of Stripe's
// answers are sync/simulator/faults.
//
// It imports harness, oracle, tracer, powercut and sync/simulator. It is built on Linux and amd64 only.
//
// It promises that a trial which found nothing has met its fault, and that what it found is a broken invariant, not a
// failure of its own: that is an error.
package faults
