package simulator

import (
	"errors"
	"os"
	"path/filepath"
)

// replaceFile writes a file whole or not at all: after a crash the path holds the old content or the new one.
// The file is readable by its owner alone. An error leaves the old content in place, except one of the last
// step, the fsync of the directory, after which a power cut may still bring the old content back.
func replaceFile(path string, content []byte) (err error) {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncDirectory(dir)
}

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
