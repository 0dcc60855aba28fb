// Package reader opens the published file, or an earlier generation, for reading: what it is, what it says of itself
// (Status), the answers to questions in SQL (Query), and its datasets in partitions and batches for the lake.
//
// Where to look: reader.go opens the file (Open, Info), format.go refuses another program's, kept.go keeps it open in a
// run. query.go answers a question, query_text.go finds its one statement. status.go is what "fcpipe status" knows of
// the file, with failing.go and removed.go. For the lake, dataset.go says what datasets there are, folder.go in which
// folder a row lies, partition.go which partitions may differ, hidden.go what is not shown, batch.go, stream.go,
// vector.go and vector_memory.go hand on rows, sorted.go and held.go those of a partition in the order of a file.
// rows.go reads statements of many rows for the state of a round.
//
// It imports schema, duck and models. It promises that a reader goes on seeing the generation it opened whatever is
// published later, that it never writes, and that a file of another program is refused with schema.ErrForeignFile.
package reader
