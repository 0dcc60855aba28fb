// Package store owns a data directory during a round: its lock, its published file and the generations that were
// replaced. It merges what landed into the next generation, in one transaction, and publishes it by rename.
//
// It imports packages of schema: reader, landing, journal, tombstone, models, history, rules, duck, durable. It
// promises that readers see a whole generation or the one before it, that every version of a row is kept, and that
// landing segments are removed only after the file that holds their rows is durable under its published name.
//
// Where to look: generation.go makes the next file, the first one while rows are read (BeginFirst); stage.go shows what
// landed, merge.go and merge.sql are the transaction, publish.go the rename.
// merge_transactions.go adds versions, merge_accounts.go moves cursors and links accounts, merge_foreign.go refuses ids
// of other accounts, merge_runs.go brings the journal's runs; remove.go is retention of rows, retention.go of
// generations, rebuild.go makes files without a merge. state.go reads what a round begins with, space.go asks whether
// the disk can hold it.
//
// A run that is killed before the rename leaves a next file, which clearLeftovers (lock.go) removes before the next one
// begins; what landed is merged again. One that is killed after it leaves segments whose rows are published:
// landing.Sweep removes them, and merging them again finds nothing new. export recovers its lake by itself.
//
// A generation that is copied has no write-ahead log (duck.OpenUnlogged): a commit makes nothing durable. What a killed
// run leaves of it is as of some CHECKPOINT, opens without an error, and is never published. Publish makes the last
// CHECKPOINT, proves the blocks of the file and syncs it before the rename.
//
// A version of a transaction is inserted once. Later merges update nothing but its mark is_current, which is no part
// of it: what supersedes what follows from the versions alone. Accounts are few, and keep a table of their own beside
// their versions: it has when an account was seen first and last, which is no version's, and which a round changes for
// every account. Of 10,000 accounts the second table takes 1 MB.
package store
