package tombstone

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fcpipe/schema/durable"
)

// ErrKey is returned when the key of the tombstones is not there, or is another one: nothing can tell then which
// accounts are erased, so nothing is fetched. A backup of state/ has it.
var ErrKey = errors.New("the key of erased ids is missing or wrong")

const keySize = 32

// key hashes ids.
type key []byte

// readKey reads a key file; nil when it does not exist.
func readKey(path string) (key, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	k, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(k) != keySize {
		return nil, fmt.Errorf("%w: %s holds no key", ErrKey, path)
	}
	return k, nil
}

// makeKey makes a key file, durable and readable by its owner alone.
func makeKey(path string) (key, error) {
	made := make(key, keySize)
	_, _ = rand.Read(made) // never fails
	building := path + ".tmp"
	if err := os.WriteFile(building, []byte(hex.EncodeToString(made)+"\n"), 0o600); err != nil {
		return nil, err
	}
	if err := durable.SyncFile(building); err != nil {
		return nil, err
	}
	if err := os.Rename(building, path); err != nil {
		return nil, err
	}
	return made, durable.SyncDirectory(filepath.Dir(path))
}

// Prefix begins every keyed hash.
const Prefix = "erased_"

// hash is the keyed hash of an id: HMAC-SHA256, its first 16 bytes.
func (k key) hash(id string) string {
	mac := hmac.New(sha256.New, k)
	_, _ = mac.Write([]byte(id)) // never fails
	return Prefix + hex.EncodeToString(mac.Sum(nil)[:16])
}

// id names a key without giving it away.
func (k key) id() string {
	sum := sha256.Sum256(append([]byte("fcpipe key id "), k...))
	return hex.EncodeToString(sum[:4])
}
