//go:build linux && amd64

package harness

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// NamesBelow are the files and directories below a directory, by their paths from there.
func NamesBelow(directory string) (names []string, err error) {
	err = filepath.WalkDir(directory, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && path != directory {
			names = append(names, strings.TrimPrefix(path, directory+"/"))
		}
		return err
	})
	return names, err
}

// copyTree makes target a copy of source; what is one file under two names stays so.
func copyTree(source, target string) error {
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	copied := map[uint64]string{} // inode → its first copy
	return filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		to := filepath.Join(target, relative)
		info, err := entry.Info()
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir():
			return os.Mkdir(to, info.Mode().Perm())
		case info.Mode()&os.ModeSymlink != 0:
			text, err := os.Readlink(path)
			return errors.Join(err, os.Symlink(text, to))
		}
		inode := info.Sys().(*syscall.Stat_t).Ino
		if first, known := copied[inode]; known {
			return os.Link(first, to)
		}
		copied[inode] = to
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, info.Mode().Perm())
	})
}
