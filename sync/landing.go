package sync

import (
	"context"

	"fcpipe/schema"
)

// Landing makes the rows of a round durable before anything is built from them. A round calls it from
// several goroutines. After an error of either method every later call returns an error too: the
// completion of an account must not land where its rows did not.
type Landing interface {
	// Land adds the rows of one call. They stay together: after a crash all of them are there or none.
	// They are durable when the next Seal has returned, or earlier.
	Land(ctx context.Context, rows schema.Landed) error
	// Seal makes everything that landed so far durable.
	Seal(ctx context.Context) error
}
