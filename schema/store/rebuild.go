package store

import (
	"context"
	"errors"

	"fcpipe/schema"
	"fcpipe/schema/duck"
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
	modelHeaders, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		return false, err
	}
	stored := map[string]string{}
	err = duck.EachRow(ctx, reader.Database(), "parameters", func(scan duck.Scan) error {
		var name, value string
		err := scan(&name, &value)
		stored[name] = value
		return err
	})
	return stored["models"] != models.Fingerprint(modelHeaders) || stored["report_zone"] != run.ReportZone, err
}
