//go:build linux && amd64

package harness

import (
	"context"
	"math/rand/v2"
)

// Trial is one thing to try. The same seed makes the same trials under the same ids, which people give to -only.
type Trial struct {
	ID string
	// Kind is what a sample has some of: trials of one kind show much the same.
	Kind string
	// Run meets the fault and looks at what it leaves. An error means that it could not.
	Run func(ctx context.Context, w *Worker, random *rand.Rand) (Result, error)
}

// Result is what a trial came to.
type Result struct {
	Points   int            // faults that really happened
	Problems []string       // broken invariants, one line each
	Counts   map[string]int // more to publish, by name
}

// Finding is a broken invariant and how to see it again.
type Finding struct {
	Trial   string `json:"trial"`
	Problem string `json:"problem"`
}

// Section is a kind of fault and what trying it showed, as the results and the page have it.
type Section struct {
	Until    string         `json:"-"` // no trial begins once this is counted; "" counts nothing
	Name     string         `json:"name"`
	Commit   string         `json:"commit"` // of the program that was disturbed
	What     string         `json:"what"`   // the noun of its points
	Trials   int            `json:"trials"`
	Points   int            `json:"points"`
	Counts   map[string]int `json:"counts,omitempty"`
	Findings []Finding      `json:"findings"`
	Seconds  float64        `json:"seconds"`
}
