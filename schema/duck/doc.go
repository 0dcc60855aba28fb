// Package duck opens and confines DuckDB for every other package: one file an instance, no extension, no file outside
// the directories given. It also tells its errors apart, checks the checksums of its blocks without it, migrates
// tables, loads named statements and appends rows.
//
// Where to look: database.go opens an instance (Open, or OpenUnlogged for a file that is thrown away unless its work is
// finished) and shuts it in (confine); connection.go is a connection beside those of database/sql; statements.go loads
// named statements, scan.go reads rows, tables.go looks for tables, function.go makes a Go function known to SQL,
// clock.go knows what the clocks of a zone show; appender.go and vector_appender.go write rows, the second one whole
// vectors (vector_memory.go); migrate.go brings a file up to date; blocks.go proves checksums; errors.go tells errors
// apart; waiting.go is how a statement waits, threads.go says with how many threads, and arenas.c bounds what DuckDB's
// allocator keeps; small_blocks.go serves tests.
//
// It imports package schema. It and package reader, which reads whole vectors of what duck opened, alone import the
// client of DuckDB: TestModulesAreImportedByFewPackages holds them to cmd/architecture/modules.txt. It promises that a
// file it makes is of StorageVersion, and that an error it calls IsEnvironmental or IsInconclusive says nothing about
// the file.
package duck
