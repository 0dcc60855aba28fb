// Package export keeps the lake: the published file as Parquet, for people and for warehouses.
//
// A lake is immutable files named by their content, a manifest that lists the live ones, and a pointer to the manifest
// that is replaced last. Who starts at the pointer never sees half an export, whenever this program was killed.
//
// Where to look: lake.go is the story (run); plan.go says which files stay and which partitions are written,
// partition_file.go writes one of these, with parquet_schema.go, parquet_values.go and parquet_writer.go; manifest.go
// has manifest and pointer (publish), view.go lake/current, retire.go what is not needed any more. privacy.go decides
// what is shown of texts that may name people, tokens.go puts tokens in their place. verify.go, verify_rows.go and
// verify_view.go prove a lake, repair.go and erase.go write it again.
//
// It imports schema/reader, from which rows come in batches. It promises that a lake equals the file it was made of,
// that an export with nothing new changes no byte, and that one that fails or is killed leaves the lake that was there.
package export
