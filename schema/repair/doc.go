// Package repair puts a damaged data directory right again: leftovers of killed runs, modes, the journal, the published
// file, earlier generations, landing and quarantine. The lake is not its concern: the next round writes it again.
//
// Where to look: repair.go has the steps in their order (Run); health.go says what is wrong with the published file
// (examine) and which generation is good (newestGood), file.go puts that one in its place; journal.go is the journal,
// stored.go generations, landing and quarantine, leftovers.go what killed runs left, and modes; archive.go says where
// damaged files go.
//
// It imports check and packages of schema below it. It promises that nothing damaged is destroyed (it is moved to
// state/damaged), that there is a published file and a journal at every instant of a repair wherever there was one
// before, and that each step says what it loses. A repair that is killed is ended by the next one.
package repair
