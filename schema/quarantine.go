package schema

import (
	"bytes"
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
