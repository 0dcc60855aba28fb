// Package synctest is for tests of rounds: random histories of people, banks, faults, kills, clocks and budgets, and
// the rules that hold whatever happens, for every world that runs rounds against the simulator. The world, with what
// it holds, is the caller's: the sync engine lives them on memory, cmd/fcpipe on the store.
//
// Where to look: history.go lives a history (Live) and checks it after every round; history_faults.go is what happens
// in it; history_truth.go has the rules of what is held (I3, I11), history_money.go those of purchases (I14, I15),
// history_requests.go those of requests (I13, I15, I16); consents.go holds requests to what is shared. stripe_mock.go
// is Stripe's own mock. cmd/crash/INVARIANTS.md says what the numbers are.
//
// It imports the simulator, plan, whose policy it sets, and stripe-mock; only tests import it. A history is the same
// for the same seed.
package synctest
