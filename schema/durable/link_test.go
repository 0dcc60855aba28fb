package durable

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestFileSystemsWithoutLinksGetACopy(t *testing.T) {
	t.Parallel()
	from, to := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	if err := os.WriteFile(from, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := linkOrCopyBy(func(string, string) error { return unix.EPERM }, from, to); err != nil ||
		textOf(t, to) != "content" {
		t.Errorf("%v", err)
	}
	if err := linkOrCopyBy(func(string, string) error { return unix.EIO }, from, to+"2"); !errors.Is(err, unix.EIO) {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(from, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := linkOrCopyBy(func(string, string) error { return unix.EPERM }, from, to); !errors.Is(err, os.ErrExist) ||
		textOf(t, to) != "content" {
		t.Errorf("over a file that is there: %v, it holds %q", err, textOf(t, to))
	}
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
