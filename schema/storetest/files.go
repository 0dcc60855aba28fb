package storetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fcpipe/schema"
)

// ReadFile returns the content of a file.
func ReadFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// WriteFile replaces the content of a file, which others may read.
func WriteFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// FileSize is the size of a file in bytes.
func FileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	layout := schema.Layout{Dir: to} // modes are not copied
	if err := errors.Join(
		os.CopyFS(to, os.DirFS(from)), os.Chmod(layout.State(), 0o700), os.Chmod(layout.Database(), 0o600),
	); err != nil {
		t.Fatal(err)
	}
}

// TreeSum names every file below a directory with its size, time and SHA-256.
func TreeSum(t *testing.T, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		lines = append(
			lines, fmt.Sprintf("%s %d %v %x", path, info.Size(), info.ModTime(), sha256.Sum256(ReadFile(t, path))),
		)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
