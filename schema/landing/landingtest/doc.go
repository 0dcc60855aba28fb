// Package landingtest is for tests of what lands rows: the contract of a landing with the store that merges what
// landed, as stories that every implementation must pass, and an implementation in memory that tests of the sync
// engine run on, without files and without DuckDB.
//
// Where to look: stories.go is the contract, contract.go tells it, random.go makes the sequences of Same; memory.go is
// Memory, merge.go with merge_rows.go and merge_labels.go its merge, overlay.go what the next round begins with,
// file.go and state.go what it published; inmemory.go shows it as the contract sees a store; rows.go makes rows.
//
// It imports the standard library and the nouns of schema, nothing else; only tests import it. It promises that
// Memory and the store come to the same state by the same calls: Contract tells the stories to both, and Same holds
// both to each other on random sequences. Memory has no derived tables and links no accounts again.
package landingtest
