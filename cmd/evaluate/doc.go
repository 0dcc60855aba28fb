// Command evaluate measures how well fcpipe tells what transactions are. It makes simulated worlds of the styles that
// are kept for evaluation, syncs each into a store with fcpipe's own code, and holds the derived tables to what the
// simulator knows: merchants, categories, own transfers, card payments, refunds, regular payments, events of distress.
// Each is counted by rows and by money, with precision, recall and Wilson's bounds of 95 %. schema/EVALUATION.md has
// the last table and its limits.
//
// Then it measures whether numbers that may be wrong say so: worlds whose feeds are wrong are lived through, and every
// day's balance and every attribute is held to what package truth computes from what happened (states.go, judge.go).
//
// Where to look: main.go has the flags; sync.go makes a world and fills a store (measure), product.go reads its tables
// by questions.sql; compare.go is the story (compare), with merchants.go, links.go (transfers, refunds, streams,
// events) and intervals.go; measures.go lists what is measured and wanted, score.go counts. states.go lives through
// worlds whose feeds are right or wrong, judge.go judges, states_table.go adds up. table.go and page.go write, wrong.go
// shows examples.
//
// It reads tables by the names of columns: a model that is not built yet is named as such, and measured from the moment
// its columns are there; questions.sql says which they are. It promises that every posted row of a world is measured: a
// row that the file lacks is an error. It imports sync and schema to fill and read the store, and sync/simulator for
// the worlds.
package main
