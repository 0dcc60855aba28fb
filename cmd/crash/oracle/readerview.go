package oracle

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
)

// PublishedFile is where, below a data directory, the published file is.
const PublishedFile = "fcpipe.duckdb"

// ReaderView names everything a reader of a data directory could look at: as long as it is the same, so is every
// answer.
func ReaderView(data string) (string, error) {
	var all strings.Builder
	err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if entry.Name() == "state" {
				return fs.SkipDir
			}
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(&all, path, info.Size(), info.ModTime().UnixNano(), info.Sys().(*syscall.Stat_t).Ino)
		return nil
	})
	return all.String(), err
}

// FilesBelow are the regular files of a data directory whose path from there begins with below, by their names.
func FilesBelow(data, below string) (files []string, err error) {
	err = filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && strings.HasPrefix(path, filepath.Join(data, below)) {
			files = append(files, path)
		}
		return err
	})
	return files, err
}
