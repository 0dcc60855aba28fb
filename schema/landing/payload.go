package landing

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"

	"fcpipe/schema/durable"
)

// TempPayload is the name of a body that is being written; at most one is left by killed runs.
const TempPayload = "building.json"

// PayloadName names the JSON of a refused row by its content.
func PayloadName(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16]) + ".json"
}

// WritePayload stores the JSON of a refused row, readable by its owner alone. A file of its name
// that holds something else is replaced.
func WritePayload(directory string, raw []byte) error {
	path, building := filepath.Join(directory, PayloadName(raw)), filepath.Join(directory, TempPayload)
	held, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err != nil || !bytes.Equal(held, raw) {
		if err := os.WriteFile(building, raw, 0o600); err != nil {
			return err
		}
		if err := durable.SyncFile(building); err != nil {
			return err
		}
		if err := os.Rename(building, path); err != nil {
			return err
		}
	}
	return durable.SyncDirectory(directory)
}
