package oracle

import "fcpipe/sync/simulator"

// Oracle knows what a data directory must hold: the world it was filled from, and what a reader saw of it before.
type Oracle struct {
	Data    string            // the data directory
	World   *simulator.Server // the world it is filled from
	History History           // what a reader saw; what is looked at is added to it
}
