// Package benchtest lets a run of all tests of a package run its benchmarks too. It imports the standard library alone,
// and serves tests: a benchmark that is never run breaks unnoticed.
package benchtest
