// Package linking is what the commands that link accounts share: their flags, what is asked of a holder by the
// configuration, what a browser needs to know of the Stripe account, and what happens once accounts are linked:
// consents go into the journal at once, and the first round of these accounts runs, after the one that may be running.
// Dialogue is a holder for the demo, at the simulator alone.
//
// Where to look: options.go, choice.go and terms.go are what a command line says, of whom (Find) and what is asked
// (Terms, Notice); desk.go begins a visit (Begin), ways.go has the ways of linking (Page, Print, Hosted, Relink) and
// what a session ended with (Finish); service.go is the server for applications, keys.go what a browser needs to know.
// afterwards.go records consents and runs the first round, outcome.go says what was linked. dialogue.go is the holder
// of the demo.
//
// It imports the configuration, rounds, sync/collect, and schema's packages that hold what was read. It prints nothing;
// what a person is told goes through functions.
package linking
