package schema

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
)

// buildingBody is the name of a body that is being written; at most one is left by killed runs.
const buildingBody = "building.json"

// bodyName names the JSON of a refused row by its content.
func bodyName(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16]) + ".json"
}

// keepBody stores the JSON of a refused row, readable by its owner alone. A file of its name
// that holds something else is replaced.
func keepBody(directory string, raw []byte) error {
	path, building := filepath.Join(directory, bodyName(raw)), filepath.Join(directory, buildingBody)
	held, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err != nil || !bytes.Equal(held, raw) {
		if err := os.WriteFile(building, raw, 0o600); err != nil {
			return err
		}
		if err := syncFile(building); err != nil {
			return err
		}
		if err := os.Rename(building, path); err != nil {
			return err
		}
	}
	return syncDirectory(directory)
}

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
