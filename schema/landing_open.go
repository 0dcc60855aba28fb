package schema

import "context"

// Landing opens what earlier runs landed and never merged; see openLanding.
func (s *Store) Landing(ctx context.Context) (*Landing, error) {
	return openLanding(ctx, LandingOptions{
		Directory: s.layout.Landing(), Quarantine: s.layout.Quarantine(), Settings: s.Settings(),
		Now: s.now, Hook: s.hook, SpaceFor: s.CheckSpace,
		OnUnreadable: s.journal.forgetEvents, // events told of accounts whose rows are moved out of the way now
	})
}
