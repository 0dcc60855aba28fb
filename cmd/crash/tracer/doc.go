// Package tracer runs a program under ptrace and stops it before every system call that can change a disk or reach a
// peer. It needs no rights but to trace one's own children, and is there on Linux and amd64 only.
//
// Where to look: tracer_linux_amd64.go runs the program and stops its threads (Run, decide); filter_linux_amd64.go has
// the kernel stop at these calls alone (BecomeTraced); calls_linux_amd64.go is the list of calls, call_linux_amd64.go
// reads what a call is about to do.
//
// It imports golang.org/x/sys and nothing of ours. It promises that every thread of the program is stopped before such
// a call, and that what the handler decides is what becomes of it.
package tracer
