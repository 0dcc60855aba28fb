package durable

import (
	"errors"
	"io"
	"os"
)

// CopyFile clones source to target: by reference where the file system can, else byte by byte.
// It reports false when there is no source.
func CopyFile(source, target string) (copied bool, err error) {
	from, err := os.Open(source)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if CloneFile(from, to) == nil {
		return true, nil
	}
	size, err := io.Copy(to, from)
	if err != nil {
		return true, err
	}
	beginWriting(to, size) // while the merge computes, instead of when the checkpoint waits for it
	return true, nil
}
