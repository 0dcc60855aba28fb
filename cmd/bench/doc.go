// Command bench measures what fcpipe costs and prints one table: first syncs, daily rounds, rounds without changes and
// commands, each beside its baselines, which run in the same call on the same machine. BENCHMARKS.md has the last
// table, what limits each case and how to repeat it.
//
// What is measured is what users get: the built program, a process of its own, against a simulated server that is
// another. Wall clock, CPU and peak memory come from the kernel, stages from "fcpipe run --json", requests from the
// server. Baselines are processes of their own too: this program, started again.
//
// Where to look: main.go has the flags, bench.go the list of cases; first.go, daily.go and commands.go are the cases.
// Baselines are in pages.go and stripego.go (reading), parquet.go and copyfile.go (writing), core.go (core tables
// alone); child.go is what this program does when it is started as one of them. serve.go is the server's process,
// server.go starts and asks it; installation.go is a data directory with its rounds, process.go measures a process.
// sample.go makes rows of runs, goals.go holds them to what is wanted, table.go prints, machine.go says where.
//
// It imports sync/simulator, which is the server, and duck and models of schema, by which DuckDB's own COPY writes the
// datasets of the lake. It promises that every figure of a row is the median of its runs, a peak the highest of them;
// that a case whose rounds are not complete, or do not hold the rows that the server showed, ends it with an error; and
// that it leaves nothing behind.
package main
