package durable

import (
	"bytes"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// EqualBytes compares to the end, or to the first difference.
func EqualBytes(a, b io.Reader) (bool, error) {
	left, right := make([]byte, 4096), make([]byte, 4096)
	for {
		n, err := io.ReadFull(a, left)
		m, other := io.ReadFull(b, right)
		if !bytes.Equal(left[:n], right[:m]) {
			return false, nil
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return true, nil
		case err != nil || other != nil:
			return false, errors.Join(err, other)
		}
	}
}

// LinkOrCopy gives a file a second name, or copies it where the file system has no links.
func LinkOrCopy(from, to string) error { return linkOrCopyBy(os.Link, from, to) }

func linkOrCopyBy(link func(from, to string) error, from, to string) error {
	err := link(from, to)
	if !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.ENOTSUP) && !errors.Is(err, unix.EMLINK) {
		return err
	}
	if _, err := CopyFile(from, to); errors.Is(err, os.ErrExist) {
		return err
	} else if err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return SyncFile(to)
}
