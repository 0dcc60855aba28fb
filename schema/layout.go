package schema

import "path/filepath"

// Layout names everything inside a data directory.
type Layout struct {
	Dir string // the data directory
	// Simulator is the file of a simulated Stripe, which may lie in it and is no part of it; "" without one.
	Simulator string
}

// Database is the published file, the one analysts open.
func (l Layout) Database() string { return filepath.Join(l.Dir, "fcpipe.duckdb") }

// Lake is the directory of the Parquet datasets.
func (l Layout) Lake() string { return filepath.Join(l.Dir, "lake") }

// State is fcpipe's own directory, mode 0700.
func (l Layout) State() string { return filepath.Join(l.Dir, "state") }

// Journal is the append-only record of runs, requests and money.
func (l Layout) Journal() string { return filepath.Join(l.State(), "journal.ndjson") }

// ErasureKey is the key that ids of erased accounts are hashed with; made with the first erasure, mode 0600.
func (l Layout) ErasureKey() string { return filepath.Join(l.State(), "erasure.key") }

// Erasing is what an erasure that is under way still looks for: the one file with ids in plain text that it makes, and
// removes last.
func (l Layout) Erasing() string { return filepath.Join(l.State(), "erasing.json") }

// Forgetting is there while the lake may name transactions that the published file names by hashes alone.
func (l Layout) Forgetting() string { return filepath.Join(l.State(), "forgetting") }

// Landing holds the rows of this round, durable but not yet visible.
func (l Layout) Landing() string { return filepath.Join(l.State(), "landing") }

// Quarantine holds the payloads of refused rows.
func (l Layout) Quarantine() string { return filepath.Join(l.State(), "quarantine") }

// Lock is the file whose lock a run holds; it is never deleted.
func (l Layout) Lock() string { return filepath.Join(l.State(), "lock") }

// Next is the generation being built.
func (l Layout) Next() string { return filepath.Join(l.State(), "next.duckdb") }

// Compacted is the next generation being copied into a file without free blocks.
func (l Layout) Compacted() string { return filepath.Join(l.State(), "compacted.duckdb") }

// Damaged holds what repairs archived, a directory for each.
func (l Layout) Damaged() string { return filepath.Join(l.State(), "damaged") }

// Previous holds the generations that were replaced.
func (l Layout) Previous() string { return filepath.Join(l.State(), "previous") }

// Spill is where DuckDB puts what does not fit its memory limit.
func (l Layout) Spill() string { return filepath.Join(l.State(), "spill") }
