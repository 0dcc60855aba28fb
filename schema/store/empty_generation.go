package store

import (
	"context"
	"errors"
	"time"
)

// EmptyGeneration begins a file with every table and no row: what tests begin with. Derive and Publish it, or
// Discard it.
func (s *Store) EmptyGeneration(ctx context.Context, reportZone string) (*Generation, error) {
	g, _, err := s.newGeneration(ctx)
	if err != nil {
		return nil, err
	}
	g.run.ReportZone = reportZone
	if g.expected, err = readBack(ctx, g.database, time.Time{}); err != nil {
		return nil, errors.Join(err, g.Discard())
	}
	return g, nil
}
