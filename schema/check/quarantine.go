package check

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"fcpipe/schema"
	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
)

// VerifyQuarantine holds the kept payloads of refused rows to their names, which are hashes of them.
func VerifyQuarantine(ctx context.Context, layout schema.Layout) ([]schema.Finding, error) {
	paths, err := durable.FilesMatching(layout.Quarantine(), "*.json")
	if err != nil {
		return nil, err
	}
	var findings []schema.Finding
	for _, path := range paths {
		if filepath.Base(path) == landing.TempPayload {
			continue
		}
		raw, err := os.ReadFile(path)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return findings, err
		}
		if landing.PayloadName(raw) != filepath.Base(path) {
			where, err := filepath.Rel(layout.Dir, path)
			if err != nil {
				return findings, err
			}
			findings = append(
				findings,
				schema.Finding{
					Where: where, What: "is not the body of the row that was refused: its name is another hash",
				},
			)
		}
	}
	return findings, nil
}
