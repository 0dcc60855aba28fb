// Package faults makes trials of everything that may happen to a round: kills, calls and reads that fail,
// power cuts, bits that turn over, readers that look all the time, and writes in a wrong order. Faults of Stripe's
// answers are sync/simulator/faults.
//
// Where to look: a kind of trial is a file: kill.go (also of erasures), chain.go (kills one after another), fail.go
// (calls and reads), powerloss.go, order.go with order_landing.go (what has to be durable first), flip.go with bit.go,
// readers.go with readerpool.go; control.go has programs in which an fsync is missing, which the proof must notice.
// trials.go is what they share.
//
// It imports harness, oracle, tracer and powercut. It is built on Linux and amd64 only.
//
// It promises that a trial which found nothing has met its fault, and that what it found is a broken invariant, not a
// failure of its own: that is an error.
package faults
