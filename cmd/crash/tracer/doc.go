// Package tracer runs a program under ptrace and stops it before every system call that can
// change a disk or reach a peer. It needs no rights but to trace one's own children, and is
// there on Linux and amd64 only.
package tracer
