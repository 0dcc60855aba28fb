package erase

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fcpipe/schema"
)

// LeftError says in which files something of an erased account is still found, and which cannot be searched for it. It
// names no text.
type LeftError struct {
	Dir    string   // the data directory
	Files  []string // below the data directory
	Unread []string // compressed, sealed, or of another program: they may hold it as well
}

// WhatWasErased is in what a *LeftError says.
const WhatWasErased = "what was erased"

// Error names the files.
func (l *LeftError) Error() string {
	var parts []string
	if len(l.Files) > 0 {
		parts = append(parts, naming(l.Files, "still holds", "still hold")+" "+WhatWasErased)
	}
	if len(l.Unread) > 0 {
		searched := " not searched for " + WhatWasErased + ", since "
		parts = append(parts, naming(l.Unread, "was"+searched+"its bytes do not show what is in it",
			"were"+searched+"their bytes do not show what is in them"))
	}
	return strings.Join(parts, "; ")
}

// shownFiles is how many files a sentence names.
const shownFiles = 20

// naming are files and a verb that fits their number.
func naming(files []string, one, many string) string {
	if len(files) == 1 {
		return files[0] + " " + one
	}
	shown := strings.Join(files[:min(len(files), shownFiles)], ", ")
	if more := len(files) - shownFiles; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return shown + " " + many
}

// Own reports whether fcpipe keeps a file for itself, so that it is not the operator's to remove.
func (l *LeftError) Own(file string) bool {
	return isOwn(schema.Layout{Dir: l.Dir}, filepath.Join(l.Dir, file))
}

// Unwrap makes it a broken invariant.
func (l *LeftError) Unwrap() error { return schema.ErrInvariant }

// left is the error of what a search found, and of what it could not search; nil where neither is.
func (b *below) left(root string) error {
	l := LeftError{Dir: root}
	for path, needles := range b.found {
		if len(needles) > 0 {
			l.Files = append(l.Files, path)
		}
	}
	if l.Unread = slices.Clone(b.unread); len(l.Files)+len(l.Unread) == 0 {
		return nil
	}
	for _, files := range [][]string{l.Files, l.Unread} {
		for i, path := range files {
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			files[i] = name
		}
		slices.Sort(files)
	}
	return &l
}
