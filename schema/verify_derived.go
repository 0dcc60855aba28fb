package schema

import "context"

// derivedHere reports whether this program's models made the derived tables: what another version
// of them holds is not judged by these rules: the next round derives it again.
func derivedHere(ctx context.Context, r *Reader) (same bool, err error) {
	models, err := loadHeaders(modelFiles)
	if err != nil {
		return false, err
	}
	err = eachRow(ctx, r.Database(), "parameters", func(scan scanner) error {
		var name, value string
		err := scan(&name, &value)
		same = same || name == "models" && value == modelsFingerprint(models)
		return err
	})
	return same, err
}
