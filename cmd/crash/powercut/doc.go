// Package powercut is a model of a disk under a file system: what programs see, what is durable, and which states a
// power cut may leave. It works on a recorded list of changes.
//
// Where to look: operation.go is a change and what it does to a disk (Apply), disk.go what is seen and what is durable
// of it, state.go which states a cut may leave (States).
//
// It imports the standard library alone.
package powercut
