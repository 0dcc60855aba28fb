package export

import (
	"errors"
	"os"
	"path/filepath"
)

// temporarySuffix ends the name of a file until it is whole.
const temporarySuffix = ".tmp"

// replaceFile puts a whole file in the place of another: old or new after a power cut, never a part.
func replaceFile(path string, content []byte) (err error) {
	temporary := path + temporarySuffix
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	if _, err := file.Write(content); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// makeDirectory makes a directory of the lake, durable in the one above it, which there is.
func makeDirectory(path string) error {
	err := os.Mkdir(path, directoryMode)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	return errors.Join(err, syncDirectory(filepath.Dir(path)))
}

// syncDirectory makes the names in a directory durable.
func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

// syncTree makes the names of files durable, and those of their directories up to the root.
func syncTree(root string, files []string) error {
	done := map[string]bool{}
	for _, file := range files {
		for directory := filepath.Dir(file); !done[directory]; directory = filepath.Dir(directory) {
			if err := syncDirectory(directory); err != nil {
				return err
			}
			done[directory] = true
			if directory == root {
				break
			}
		}
	}
	return nil
}

// intact reports whether a listed file is there in its size. Its content is verify's matter.
func intact(dir string, file File) bool {
	info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(file.Path)))
	return err == nil && info.Mode().IsRegular() && info.Size() == file.Bytes
}
