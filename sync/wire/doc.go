// Package wire turns the JSON that Stripe answers into schema's rows. It imports schema and the JSON library
// alone, sends nothing and keeps nothing.
//
// OpenList takes a page of a list apart; DecodeTransaction, DecodeAccount and DecodeOwner decode its rows, a
// TransactionList both in one pass. An object is decoded in two steps. The library puts it into a struct of spans,
// which say where each field lies, with a fallback for fields without a name of ours: that checks the JSON and fails
// on no value (span.go). Then each field is read by a method that says what it has to be (object.go, scalar.go), so
// that one bad field does not hide the others. Lists, transactions and accounts that look as nearly all do are put into
// their structs without the library, which takes three times as long (walk.go, account_walk.go); of all others it
// decides. The package promises:
//
//   - null is never zero, and money is an integer: no fraction, no exponent, no quotes;
//   - a field without a column is kept in Extra, its value as it came;
//   - one bad row is refused alone, with a *FieldError, and its id is known if it has one; one bad part of
//     an account is refused alone too. A bad list is refused whole;
//   - a name that comes twice is refused, as is a row with more than MaxValues values or nested deeper than MaxDepth;
//   - no error holds a byte of an answer.
//
// Where to look: transaction.go, account.go and owner.go decode a row each; parts of an account are in balance.go,
// refresh.go and holder.go, labels.go has the labels of transactions and how far those of an account are. list.go takes
// a page apart, transaction_list.go one of transactions with its rows, limits.go refuses what is too large, id.go finds
// an id alone. object.go and scalar.go read a field, span.go and walk.go find it, extra.go keeps what has no column,
// fault.go says what is wrong. What becomes of a refused row is decided in refused.go of package sync.
//
// The library is github.com/go-json-experiment/json, which is encoding/json/v2 of Go 1.27.
package wire
