package export

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestACopiedLakeIsTheSameLake: whatever copied it, no file is known by its inode, its time or its
// path; only what the bytes say counts.
func TestACopiedLakeIsTheSameLake(t *testing.T) {
	t.Parallel()
	w, _ := ofSpread.exported(t)
	in := func(name string) string { return filepath.Join(w.layout.Lake(), name) }
	view, err := filepath.EvalSymlinks(in(currentName))
	if err != nil {
		t.Fatal(err)
	}
	shown := in(currentName) + strings.TrimPrefix(w.anyFile(), dataDirectory)
	for _, c := range []struct {
		what string
		copy func() error
	}{
		{"files instead of links", func() error { return unlinkTree(view) }},
		{"moved elsewhere", func() error {
			moved := w.layout.Dir + "-moved"
			w.layout.Dir, moved = moved, w.layout.Dir
			return os.Rename(moved, w.layout.Dir)
		}},
		{"a directory instead of the symlink", func() error {
			return errors.Join(os.Remove(in(currentName)), os.CopyFS(in(currentName), os.DirFS(view)))
		}},
		{"no lake/current", func() error {
			return errors.Join(os.Remove(in(currentName)), os.RemoveAll(in(viewDirectory)))
		}},
	} {
		if err := c.copy(); err != nil {
			t.Fatal(err)
		}
		if problems := w.problems(); len(problems) != 0 {
			t.Errorf("%s: %v", c.what, problems)
		}
		if strings.HasSuffix(c.what, "elsewhere") {
			view, _ = filepath.EvalSymlinks(in(currentName))
			shown = in(currentName) + strings.TrimPrefix(w.anyFile(), dataDirectory)
			continue
		}
		if c.what != "no lake/current" { // a wrong byte in the copy is noticed all the same
			flipByte(t, shown)
			if problems := w.problems(); len(problems) != 1 || !strings.Contains(problems[0].What, "another SHA-256") {
				t.Errorf("%s: %v", c.what, problems)
			}
		}
		if report := w.exportAgain(); !report.Unchanged {
			t.Errorf("%s: %+v", c.what, report)
		}
		view, err = filepath.EvalSymlinks(in(currentName))
		if err != nil || filepath.Base(filepath.Dir(view)) != viewDirectory {
			t.Errorf("%s: current is %s: %v", c.what, view, err)
		}
	}
	w.wantWhole()
	w.wantTidy()
}

// unlinkTree gives every file of a tree an inode of its own, as cp -r does.
func unlinkTree(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		return errors.Join(err, os.Remove(path), os.WriteFile(path, content, 0o600))
	})
}

func flipByte(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
