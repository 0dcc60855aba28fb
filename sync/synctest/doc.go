// Package synctest is for tests of rounds: random histories of people, banks, faults, kills, clocks and budgets, and
// the rules that hold whatever happens, for every world that runs rounds against the simulator. The world, with what
// it holds, is the caller's: the sync engine lives them on memory, cmd/fcpipe on the store.
//
// It imports the simulator and plan, whose policy it sets; only tests import it. A history is the same for the same
// seed.
package synctest
