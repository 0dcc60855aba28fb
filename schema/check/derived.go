package check

import (
	"context"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
)

// derivedHere reports whether this program's models made the derived tables: what another version
// of them holds is not judged by these rules: the next round derives it again.
func derivedHere(ctx context.Context, r *reader.Reader) (same bool, err error) {
	modelHeaders, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		return false, err
	}
	err = duck.EachRow(ctx, r.Database(), "parameters", func(scan duck.Scan) error {
		var name, value string
		err := scan(&name, &value)
		same = same || name == "models" && value == models.Fingerprint(modelHeaders)
		return err
	})
	return same, err
}
