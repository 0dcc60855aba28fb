package schema

import (
	"context"
	"errors"
)

// needsRebuild reports whether the published derived tables come from other models or
// another zone than this program would use, or from tables of an older schema.
func (s *Store) needsRebuild(ctx context.Context, run MergeRun) (rebuild bool, err error) {
	reader, err := OpenReader(ctx, s.layout, s.Settings())
	if errors.Is(err, ErrNoDatabase) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	models, err := loadHeaders(modelFiles)
	if err != nil {
		return false, err
	}
	stored := map[string]string{}
	err = eachRow(ctx, reader.Database(), "parameters", func(scan scanner) error {
		var name, value string
		err := scan(&name, &value)
		stored[name] = value
		return err
	})
	return stored["models"] != modelsFingerprint(models) || stored["report_zone"] != run.ReportZone, err
}
