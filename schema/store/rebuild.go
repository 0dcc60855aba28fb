package store

import (
	"context"
	"errors"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
)

// lacks reports what the published file lacks, landed rows aside: whether its derived tables come from other models or
// another zone than this program would use, or from tables of an older schema, and which consents it has not.
func (s *Store) lacks(ctx context.Context, run MergeRun) (rebuild bool, given []journal.Consent, err error) {
	reader, err := reader.Open(ctx, s.layout, s.Settings())
	if errors.Is(err, schema.ErrNoDatabase) {
		given, err = s.consentsLacking(ctx, nil)
		return false, given, err
	}
	if err != nil {
		return false, nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	current, err := models.CurrentFingerprint()
	if err != nil {
		return false, nil, err
	}
	with, err := models.DerivedWith(ctx, reader.Database())
	if err != nil {
		return false, nil, err
	}
	given, err = s.consentsLacking(ctx, reader.Database())
	return with.Fingerprint != current || with.ReportZone != run.ReportZone, given, err
}

// RebuildModels makes the next generation of the published rows as they are, whose Derive rebuilds every derived table
// whole. The caller holds the lock, and derives and publishes the generation, or discards it. schema.ErrNoDatabase
// means that nothing is published.
func (s *Store) RebuildModels(ctx context.Context, reportZone string) (g *Generation, err error) {
	watermark, err := s.publishedWatermark(ctx)
	if err != nil {
		return nil, err
	}
	if g, _, err = s.newGeneration(ctx); err != nil {
		return nil, err
	}
	g.run.ReportZone, g.report.ObservedAt, g.rebuild = reportZone, watermark, true
	if g.expected, err = readBack(ctx, g.database, watermark); err != nil {
		return nil, errors.Join(err, g.Discard())
	}
	return g, nil
}

// publishedWatermark is the instant of the newest merge in the published file.
func (s *Store) publishedWatermark(ctx context.Context) (watermark time.Time, err error) {
	reader, err := reader.Open(ctx, s.layout, s.Settings())
	if err != nil {
		return watermark, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	info, err := reader.Info(ctx)
	if err == nil && info.Watermark != nil {
		watermark = *info.Watermark
	}
	return watermark, err
}
