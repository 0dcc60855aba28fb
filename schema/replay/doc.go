// Package replay computes what was known at an instant, with the models that derive the published file.
//
// A database in memory, which spills as the published file's does, gets the rows that had been observed by then: of
// transactions and labels every version, of accounts the newest of theirs, balances, links, and the lines of the user's
// own files that were in force. What came later is not there, so no model can read it: that is why a replay needs no
// rule of its own for a status that changed, a second leg, a refund or a link that came afterwards. The models then
// derive what is asked for, and what that reads, with the watermark of that instant.
//
// It imports schema, duck, models and reader, and reads the published file alone. It promises that the same history of
// the file and the same definitions give the same rows, whatever was merged afterwards, in whatever order rows are
// stored and on any number of threads; that an instant the file does not hold is refused with reader.ErrNotHeld; and
// that a holder some of whose data was erased since is refused with ErrErased.
//
// An instant before anything of a holder was observed is no such answer: then the first observation is taken, without
// what is dated later than the instant, and Known.IsBackfilled says so. It is good for a first look and for nothing
// that claims what could have been known: rows that were void at the first import are in no file.
package replay
