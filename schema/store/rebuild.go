package store

import (
	"context"
	"errors"

	"fcpipe/schema"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
)

// needsRebuild reports whether the published derived tables come from other models or
// another zone than this program would use, or from tables of an older schema.
func (s *Store) needsRebuild(ctx context.Context, run MergeRun) (rebuild bool, err error) {
	reader, err := reader.Open(ctx, s.layout, s.Settings())
	if errors.Is(err, schema.ErrNoDatabase) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	current, err := models.CurrentFingerprint()
	if err != nil {
		return false, err
	}
	fingerprint, reportZone, err := models.DerivedWith(ctx, reader.Database())
	return fingerprint != current || reportZone != run.ReportZone, err
}
