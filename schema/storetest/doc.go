// Package storetest serves the tests of schema's packages: a store with a clock that the test moves, which is verified
// when the test ends, rounds that land, merge, derive and publish, damage of every kind, and the models of this program
// for few tables.
//
// Where to look: store.go makes a store and runs its rounds (New, Round); template.go is what each begins as a copy of,
// prepared.go are stores that several tests share; models.go leaves a test few derived tables, proof.go leaves a test
// to make proof; rows.go makes rows, readers.go and ask.go ask; stopped.go kills, damage.go damages; generations.go
// makes and lists generations, files.go reads folders.
//
// It imports what of schema its stores need, and only tests import it. It promises that a store begins as a copy of one
// template, made once, so that a test pays for the rounds it runs and not for the tables.
package storetest
