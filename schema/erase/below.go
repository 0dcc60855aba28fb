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
	"fcpipe/schema/duck"
	"fcpipe/schema/store"
)

// below is a search of every file of a data directory. Links that lead out of it are followed: a disk of its own for
// the lake, or for all of it, holds what it holds. The file of a simulated Stripe is Stripe's.
type below struct {
	context  context.Context
	layout   schema.Layout
	settings duck.Settings // of what reads Parquet
	search   *search
	but      []fs.FileInfo   // files that are not searched
	roots    map[string]bool // directories and files that were entered, by their real paths

	found  map[string][]needle // by the name below the data directory
	unread []string            // names of files whose bytes do not show what is in them
	size   int64
}

// searchBelow searches every file of a store's data directory but one.
func searchBelow(ctx context.Context, opened *store.Store, search *search, but string) (*below, error) {
	b := &below{
		context: ctx, layout: opened.Layout(), settings: opened.Settings(), search: search, roots: map[string]bool{},
		found: map[string][]needle{},
	}
	for _, path := range []string{but, b.layout.Simulator} {
		if info, err := os.Stat(path); path != "" && err == nil {
			b.but = append(b.but, info)
		}
	}
	return b, b.enter(b.layout.Dir)
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
	inside, err := b.inside(path)
	if err != nil {
		return ignoreMissing(err)
	}
	maps.Copy(hits, inside)
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
