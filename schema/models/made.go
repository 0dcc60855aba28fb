package models

import (
	"context"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// CurrentFingerprint is that of the models of this program.
func CurrentFingerprint() (string, error) {
	models, err := LoadHeaders(schema.ModelFiles)
	if err != nil {
		return "", err
	}
	return Fingerprint(models), nil
}

// DerivedWith returns the fingerprint of the models that made the derived tables of a file, and the time zone of their
// civil dates. Both are "" in a file that was never derived.
func DerivedWith(ctx context.Context, database duck.Queryer) (fingerprint, reportZone string, err error) {
	err = statements.EachRow(ctx, database, "parameters", func(scan duck.Scan) error {
		var name, value string
		err := scan(&name, &value)
		switch name {
		case "models":
			fingerprint = value
		case "report_zone":
			reportZone = value
		}
		return err
	})
	return fingerprint, reportZone, err
}
