package main

import "io"

// hooks let tests and the crash harness disturb this process. The zero value disturbs nothing; every build that people
// get has it.
type hooks struct {
	// Reached is called at named points of a round, by several goroutines; nil does nothing.
	Reached func(point string)

	// Sleepless makes sleeping take no time.
	Sleepless bool

	// FreeSpace stands in for the bytes that the file system says are free; nil asks it.
	FreeSpace func(directory string) (int64, error)
}

// newHooks makes the hooks of a process; the channel is closed when a signal stops it. Only builds with the tag
// "failpoints", and tests, replace it: no environment variable can end or hurry anybody else's round.
var newHooks = func(stopped <-chan struct{}, getenv func(string) string, stderr io.Writer) hooks { return hooks{} }

// reach says that a named point is reached.
func (h hooks) reach(point string) {
	if h.Reached != nil {
		h.Reached(point)
	}
}
