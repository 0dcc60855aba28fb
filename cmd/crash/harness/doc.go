// Package harness runs rounds of the real program under a tracer, against a simulated Stripe, from
// scenarios that were lived through once: what the faults have in common.
//
// It imports oracle, tracer, powercut and sync/simulator. What traces is built on Linux and amd64 only.
//
// It promises that the same seed makes the same scenarios and the same trials under the same names, and that a
// trial meets nothing of the ones before it.
package harness
