package store

import (
	"context"

	"fcpipe/schema/landing"
)

// Landing opens what earlier runs landed and never merged; see Open.
func (s *Store) Landing(ctx context.Context) (*landing.Landing, error) {
	return landing.Open(ctx, landing.Options{
		Directory: s.layout.Landing(), Quarantine: s.layout.Quarantine(), Settings: s.Settings(),
		Now: s.now, Hook: s.hook, SpaceFor: s.CheckSpace,
	})
}
