package erase

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fcpipe/schema"
)

// below is a search of every file of a data directory. Links that lead out of it are followed: a disk of its own for
// the lake, or for all of it, holds what it holds. The file of a simulated Stripe is Stripe's.
type below struct {
	context context.Context
	search  *search
	but     []fs.FileInfo   // files that are not searched
	roots   map[string]bool // directories and files that were entered, by their real paths

	found map[string][]needle // by the name below the data directory
	size  int64
}

// searchBelow searches every file of a data directory but one. It returns what was found in each that was searched, and
// how many bytes there were.
func searchBelow(
	ctx context.Context, layout schema.Layout, search *search, but string,
) (found map[string][]needle, size int64, err error) {
	b := &below{context: ctx, search: search, roots: map[string]bool{}, found: map[string][]needle{}}
	for _, path := range []string{but, layout.Simulator} {
		if info, err := os.Stat(path); path != "" && err == nil {
			b.but = append(b.but, info)
		}
	}
	err = b.enter(layout.Dir)
	return b.found, b.size, err
}

// enter searches what a name stands for, and what is below it, unless it lies in what was entered before.
func (b *below) enter(name string) error {
	root, err := filepath.EvalSymlinks(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || b.isEntered(root) {
		return err
	}
	b.roots[root] = true
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err = errors.Join(ignoreMissing(err), b.context.Err()); err != nil || entry == nil {
			return err
		}
		shown := filepath.Join(name, strings.TrimPrefix(path, root))
		switch {
		case entry.Type()&fs.ModeSymlink != 0:
			return b.enter(shown)
		case entry.Type().IsRegular():
			return b.file(shown, entry)
		}
		return nil
	})
}

// isEntered reports whether a real path is, or is below, one that was entered.
func (b *below) isEntered(path string) bool {
	for root := range b.roots {
		if path == root || strings.HasPrefix(path, root+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

func (b *below) file(path string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil || slices.ContainsFunc(b.but, func(but fs.FileInfo) bool { return os.SameFile(but, info) }) {
		return ignoreMissing(err)
	}
	hits, size, err := b.search.inFile(path)
	if err != nil {
		return ignoreMissing(err)
	}
	b.size += size
	b.found[path] = slices.Collect(maps.Keys(hits))
	return nil
}

// ignoreMissing is nil for a file that went away since its directory was read.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
