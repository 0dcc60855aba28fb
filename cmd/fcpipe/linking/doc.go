// Package linking is what the commands that link accounts share: their flags, what is asked of a holder by the
// configuration, what a browser needs to know of the Stripe account, and what happens once accounts are linked:
// consents go into the journal at once, and the first round of these accounts runs, after the one that may be running.
// Dialogue is a holder for the demo, at the simulator alone.
//
// It imports the configuration, rounds, sync/collect, and schema's packages that hold what was read. It prints nothing;
// what a person is told goes through functions.
package linking
