// Package tombstone knows which accounts and holders are erased, without knowing them: it has a key, and the journal
// has keyed hashes of their ids. Ids that are asked for are hashed and compared.
//
// It imports schema, durable and the journal. It promises that a hash tells nothing of an id to those who do not have
// the key, that the same id always has the same hash in one data directory, and that a key that is missing or another
// one is an error, since without it erased accounts would be fetched again.
package tombstone
