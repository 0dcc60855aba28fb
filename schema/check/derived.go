package check

import (
	"context"

	"fcpipe/schema/models"
	"fcpipe/schema/reader"
)

// derivedHere reports whether this program's models made the derived tables: what another version
// of them holds is not judged by these rules: the next round derives it again.
func derivedHere(ctx context.Context, r *reader.Reader) (same bool, err error) {
	current, err := models.CurrentFingerprint()
	if err != nil {
		return false, err
	}
	fingerprint, _, err := models.DerivedWith(ctx, r.Database())
	return fingerprint == current, err
}
