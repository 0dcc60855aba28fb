package durable

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// FreeSpace is what an ordinary user may still write to a directory's file system, in bytes.
func FreeSpace(directory string) (int64, error) {
	var file unix.Statfs_t
	err := unix.Statfs(directory, &file)
	return int64(file.Bavail) * int64(file.Bsize), err //nolint:unconvert // both have other types on other systems
}

// CheckFreeSpace compares the bytes a round needs with those that are free.
func CheckFreeSpace(freeSpace func(directory string) (int64, error), directory string, need int64) error {
	free, err := freeSpace(directory)
	if err != nil {
		return fmt.Errorf("free space of %s: %w", directory, err)
	}
	if free < need {
		return fmt.Errorf("%s has %d bytes free (%d MiB), the round needs %d bytes (%d MiB): %w",
			directory, free, free>>20, need, need>>20, unix.ENOSPC)
	}
	return nil
}
