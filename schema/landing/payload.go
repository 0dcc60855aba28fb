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

// TempPayload is the name of a payload that is being written; killed runs leave at most one.
const TempPayload = "building.json"

// PayloadName names the JSON of a refused row by its content.
func PayloadName(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16]) + ".json"
}

// WritePayload stores the JSON of a refused row in a directory, readable by its owner alone, and makes it durable. A
// file of its name that holds something else is replaced.
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
