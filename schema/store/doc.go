// Package store owns a data directory during a round: its lock, its published file and the generations that were
// replaced. It merges what landed into the next generation, in one transaction, and publishes it by rename.
//
// It imports reader, landing, journal, models, duck, durable and schema. It promises that readers see a whole
// generation or the one before it, that every version of a row is kept, and that landing segments are removed only
// after the file that holds their rows is durable under its published name.
//
// A version of a transaction is inserted once. Later merges update nothing but its mark is_current, which is no part
// of it: what supersedes what follows from the versions alone. Accounts are few, and keep a table of their own beside
// their versions: it has when an account was seen first and last, which is no version's, and which a round changes for
// every account. Of 10,000 accounts the second table takes 1 MB.
package store
