// Package erase removes what a data directory holds of an account, or of every account of a holder, down to the bytes:
// published file with every version and the history of attributes, earlier generations, landing, journal, refused
// payloads and what repairs archived. The lake is brought up by export.Erase, which package round calls between two of
// the steps here; its bytes are searched here all the same.
//
// Where to look: erase.go of cmd/fcpipe/round is the story (carryOut). plan.go says what a subject names and what is
// held of it (Find), work.go begins an erasure and takes it up again (Begin, Resume); generation.go with remove.sql is
// what goes from the file, state.go what goes from landing and journal (Landing, State); scan.go searches every byte
// (Scan), with below.go, search.go, foreign.go, and left.go for what is found; counts.go counts, complete.go makes the
// receipt. due.go finds what a disconnection lets go, forget.go ids of transactions that the feed need not show any
// more.
//
// It imports store and what lies below. The protocol is, under the lock of the data directory:
//
//  1. A tombstone, the keyed hash of each id, is durable in the journal. From now on no round fetches or merges
//     anything of these ids.
//  2. What has to be found and removed is written down: erasing.json, the one file with ids in plain text.
//  3. Landing and refused payloads are rewritten or removed.
//  4. A generation without the rows is written to a fresh file and published; every earlier one is removed. What stays
//     of runs, charges, consents and audits names the keyed hashes alone.
//  5. The journal is rewritten without the ids, archives of repairs are removed, and the lake is brought up to
//     the file, keeping nothing that was replaced.
//  6. Every byte of the data directory is searched for what was removed.
//  7. A receipt is durable in the journal, and comes into the file; erasing.json is removed.
//
// Killed anywhere it is done again from step 2: each step finds what is left to do, which may be nothing. It promises
// that a receipt is written only after the search found nothing, and that rows of others are not changed.
package erase
