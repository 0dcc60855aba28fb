// Package simulator is a stateful Stripe Financial Connections server for demos, tests and for people who develop
// against the API without linking real banks.
//
// A world is a function of its seed: holders, accounts, and for every account an endless bank history. Nothing of that
// history shows through the API until a refresh reveals it, as with Stripe: a refresh is asked for (or comes daily with
// a subscription), stays pending for a while, then succeeds or fails; what it reveals is the bank's state at the moment
// it was attempted. Pending rows post later, sometimes with another amount; some are voided; some arrive late.
//
// Every draw is a hash of seed, account, purpose and number, and time is virtual, so the same requests give the same
// answers in whatever order they are made.
//
// This package is the door: the server, its endpoints, its clock and its saved state. Below it are world (what banks
// know and refreshes reveal), linking (how accounts come to be shared), stripejs (what a holder sees in a browser),
// faults (scripts that make requests go wrong), answer (the shapes of Stripe's answers), delivery (how an answer
// reaches the client, or does not) and draw. None of them imports anything else of fcpipe: shared code would hide
// shared mistakes.
//
// Where to look: handle.go answers a request (answer), routes.go finds its handler: accounts.go, transactions.go,
// events.go, desk.go for linking, browser.go for what a holder's browser asks; render.go writes accounts,
// idempotency.go replays, meter.go counts and charges. server.go has the clock, state.go saves the world, transport.go
// answers without a socket. armed.go finds the fault that a request meets, under_fault.go has the order of what it
// does, change_world.go what it does to the world. control.go is how tests steer, truth.go what a client must hold.
package simulator
