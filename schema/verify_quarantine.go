package schema

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// VerifyQuarantine holds the kept bodies of refused rows to their names, which are hashes of them.
func VerifyQuarantine(ctx context.Context, layout Layout) ([]Finding, error) {
	paths, err := filesMatching(layout.Quarantine(), "*.json")
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, path := range paths {
		if filepath.Base(path) == buildingBody {
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
		if bodyName(raw) != filepath.Base(path) {
			where, err := filepath.Rel(layout.Dir, path)
			if err != nil {
				return findings, err
			}
			findings = append(findings, Finding{Where: where, What: "is not the body of the row that was refused: its name is another hash"})
		}
	}
	return findings, nil
}
