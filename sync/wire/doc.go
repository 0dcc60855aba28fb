// Package wire turns the JSON that Stripe answers into schema's rows. It imports schema and nothing
// else of ours, sends nothing and keeps nothing.
//
// OpenList takes a list apart; DecodeTransaction, DecodeAccount, DecodeOwner and DecodeEvent decode
// what is in it. They promise:
//
//   - null is never zero, and money is an integer: no fraction, no exponent, no quotes;
//   - a field without a column is kept in Extra, its value as it came;
//   - one bad row is refused alone, with a FieldError, and its id is known if it has one; one bad part of
//     an account is refused alone too. A bad list is refused whole;
//   - a name that comes twice is refused, as is a row with more than MaxValues values or nested deeper than MaxDepth;
//   - no error holds a byte of an answer.
package wire
