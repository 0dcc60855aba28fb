// Package faults is the language of fault scripts: which requests go wrong (Condition) and how (Actions). It reads and
// checks scripts, counts what armed faults have met, and changes answers; what a fault does to the world, the server
// does. README.md of the simulator lists every field. It imports answer, draw and world. What happens to a round's
// own machine, such as kills and power cuts, is made by cmd/crash/faults.
package faults
