// Package reader opens the published file, or an earlier generation, for reading: what it is, what it says of itself
// (Status), the answers to questions in SQL (Query), and its datasets in partitions and batches for the lake.
//
// It imports schema, duck and models. It promises that a reader goes on seeing the generation it opened whatever is
// published later, that it never writes, and that a file of another program is refused with schema.ErrForeignFile.
package reader
