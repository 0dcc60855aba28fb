// Package round is one round under the lock: the state that is held, what sync brings, merge, derive, publish, export;
// and rounds that send no request, such as the one that decides a link.
//
// Where to look: round.go is the story (Run, fetchAndPublish, merge), publish.go derives, publishes and exports (show,
// exportLake); report.go says how a round went, what its verdict is and what the journal keeps. Rounds without
// requests: link.go, models.go, and erase.go (carryOut), which also erases what is due after every round (afterRound);
// disconnect.go is a round that ends access. stages.go measures, impersonal.go keeps people out of the journal,
// words.go counts in words.
//
// It imports sync, schema's packages that hold what landed and what is published, and export; no command line. Clock,
// logger, progress and the meaning of exit codes are passed in; what a round did is a value, and how it ended an error
// that names its class.
//
// It promises that a round that began has a first and a last line in the journal, whatever happens between them, and
// that what landed is never lost: whatever fails, the next round goes on from there.
package round
