// Package world is what banks know of their accounts, and what refreshes have revealed of it: holders, the life of
// their money, the rows it leaves, edits a fault script makes to them, refreshes, owners. It imports draw,
// and for worlds with styles statement and household.
//
// A world is a function of its Config: every draw is a hash of seed, account, purpose and number, so that a row is the
// same in whatever order accounts are read. What clients and time have done to an account is its State, the only part
// that is saved. Money is in cents of US dollars, negative is money out; instants are UTC.
package world
