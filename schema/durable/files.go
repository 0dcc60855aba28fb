package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// SyncDirectory makes the entries of a directory durable.
func SyncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return errors.Join(directory.Sync(), directory.Close())
}

// MakeDirectory makes a directory, and those above it, durable: what is synced in it is lost with its name.
func MakeDirectory(path string) error {
	if exists, err := FileExists(path); err != nil || exists {
		return err
	}
	parent := filepath.Dir(path)
	if err := MakeDirectory(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return SyncName(path)
}

// SyncName makes the name of a file durable. In a directory of another user, in which names may be made and not listed,
// it is left to the kernel.
func SyncName(path string) error {
	err := SyncDirectory(filepath.Dir(path))
	if errors.Is(err, os.ErrPermission) {
		return nil
	}
	return err
}

// SyncFile makes the bytes of a file durable.
func SyncFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("sync file: %w", err)
	}
	return errors.Join(file.Sync(), file.Close())
}

// FilesMatching lists what has such a name in a directory, sorted; nothing where there is no directory. Unlike
// filepath.Glob it takes the directory's own name as it is, and hides no error: a directory that
// cannot be read is not empty.
func FilesMatching(directory, pattern string) ([]string, error) {
	entries, err := os.ReadDir(directory)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var paths []string
	for _, entry := range entries {
		matches, err := filepath.Match(pattern, entry.Name())
		if err != nil {
			return nil, err
		}
		if matches {
			paths = append(paths, filepath.Join(directory, entry.Name()))
		}
	}
	return paths, nil
}

// FileExists reports whether something is at path. Any other trouble is an error.
func FileExists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// CheckOneFileSystem refuses directories between which nothing can be renamed or linked: a file
// that has to be copied into its place is not replaced in one step.
func CheckOneFileSystem(first string, others ...string) error {
	var want, got unix.Stat_t
	if err := unix.Stat(first, &want); err != nil {
		return &fs.PathError{Op: "stat", Path: first, Err: err}
	}
	for _, other := range others {
		if err := unix.Stat(other, &got); err != nil {
			return &fs.PathError{Op: "stat", Path: other, Err: err}
		}
		if got.Dev != want.Dev {
			return fmt.Errorf(
				"%s and %s are on different file systems, a new file could not be put in place in one step: %w", first,
				other, unix.EXDEV,
			)
		}
	}
	return nil
}

// CheckWritable tries what a run will do, so that a directory that cannot be written fails first.
func CheckWritable(directory string) error {
	file, err := os.CreateTemp(directory, "writable-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
