// Package faults is the language of fault scripts: which requests go wrong (Condition) and how (Actions). It reads and
// checks scripts, counts what armed faults have met, and changes answers; what a fault does to the world, the server
// does. What happens to a round's own machine, such as kills and power cuts, is made by cmd/crash/faults.
//
// Where to look: faults.go reads a script (Parse), condition.go says which requests it means (Meets), armed.go counts
// them (Strikes). actions.go has the groups of actions and what is refused (Check); answer.go puts another answer in
// the place of the true one, list.go with values.go changes a true one, world.go is what the server does to its world.
//
// A new fault is a field of its group of actions (actions.go, list.go, world.go) with its check and its line in
// README.md of the simulator, and its effect: on an answer in answer.go or list.go, on its way in package delivery, on
// the world in change_world.go of the server, on a refresh in refreshFault of its armed.go; its under_fault.go has the
// order. Its check is tried by TestScriptsThatMakeNoSenseAreRefusedByTheirField, its effect by the test of its group
// beside the server: TestListActions, TestRowsChangeAtTheirBank, TestMalformedBodies, TestSocketsBreakAsArmed. What a
// round makes of it is a line of faultsOfAnAPI in cmd/fcpipe/fault_test.go: TestEveryFaultOfTheAPIHasAnExitCode knows
// how many there are.
//
// It imports answer, draw and world.
package faults
