// Package world is what banks know of their accounts, and what refreshes have revealed of it: holders, the life of
// their money, the rows it leaves, edits a fault script makes to them, refreshes, owners. It imports draw,
// and for worlds with styles statement and household.
//
// A world is a function of its Config: every draw is a hash of seed, account, purpose and number, so that a row is the
// same in whatever order accounts are read. What clients and time have done to an account is its State, the only part
// that is saved. Money is in cents of US dollars, negative is money out; instants are UTC.
//
// Where to look: world.go and config.go make a world, account_draw.go its accounts, bank.go and link.go those that are
// linked later. history.go draws the rows of an account day by day (Extend): of people (life.go, with spend.go and
// transfers.go), of a fixed number a day (purchase.go), or of households (styled.go); settle.go is what becomes of each
// at its bank, mess.go what wrong feeds make of it, edit.go what faults do. refresh.go has refreshes, view.go what they
// have revealed, with the labels; owners.go owners, meaning.go what truly happened.
package world
