// Package harness runs rounds of the real program under a tracer, against a simulated Stripe, from scenarios that were
// lived through once: what the faults have in common.
//
// Where to look: timeline.go lives through days, scenario.go makes scenarios of them (Prepare, Rounds), record.go
// writes down every change of a round; trial.go is a trial and what it came to, runner.go tries many (Try), worker.go
// one after another; round.go runs the program, undisturbed or killed (Clean, KillAt, Recover), traced.go under a
// tracer, ending.go says how it ended. fakestripe.go is the server. paths.go and tree.go are about files.
//
// It imports failpoint, oracle, tracer, powercut, and of sync/simulator the server and its faults. What traces is built
// on Linux and amd64 only.
//
// It promises that the same seed makes the same scenarios and the same trials under the same names, and that a trial
// meets nothing of the ones before it.
package harness
