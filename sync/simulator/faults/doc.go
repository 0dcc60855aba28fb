// Package faults is the language of fault scripts: which requests go wrong (Condition) and how (Actions). It reads and
// checks scripts, counts what armed faults have met, and changes answers; what a fault does to the world, the server
// does. README.md of the simulator lists every field. A new fault is a field of its group of actions with its check
// (actions.go, list.go, world.go) and its effect: on an answer in answer.go, on deliveries in package delivery, on the
// world in change_world.go of the server; under_fault.go of the server has their order. It imports answer, draw and
// world. What happens to a round's own machine, such as kills and power cuts, is made by cmd/crash/faults.
package faults
