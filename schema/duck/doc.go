// Package duck opens and confines DuckDB for every other package: one file an instance, no extension, no file outside
// the directories given. It also tells its errors apart, checks the checksums of its blocks without it, migrates
// tables, loads named statements and appends rows.
//
// It imports package schema; it and package reader alone import DuckDB's client, which linter rules hold (depguard in
// .golangci.yml). It promises that a file it makes is of StorageVersion, and that an error it calls IsEnvironmental or
// IsInconclusive says nothing about the file.
package duck
