//go:build !linux

package durable

import (
	"errors"
	"os"
)

// CloneFile says that files are not cloned here: they are copied.
func CloneFile(_, _ *os.File) error { return errors.ErrUnsupported }

// beginWriting does nothing: the disk begins when it is made to.
func beginWriting(*os.File, int64) {}
