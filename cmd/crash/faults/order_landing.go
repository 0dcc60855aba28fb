//go:build linux && amd64

package faults

import (
	"path"
	"strings"
)

// landing is the directory of landed segments.
const landing = "state/landing"

// isTombstone reports whether a file says that landed segments are merged.
func isTombstone(file string) bool {
	return path.Dir(file) == landing && path.Ext(file) == ".merged"
}

// isSegment reports whether a file is a landed segment: a number.
func isSegment(file string) bool {
	number, isDatabase := strings.CutSuffix(path.Base(file), ".duckdb")
	return isDatabase && path.Dir(file) == landing && strings.Trim(number, "0123456789") == ""
}

func (d *order) remove(file string) {
	for _, names := range []map[string]bool{d.exists, d.unsynced, d.newNames, d.needed} {
		delete(names, file)
	}
	if path.Dir(file) != landing {
		return
	}
	d.require(landing, file+" is removed") // its rows are elsewhere now
	if isTombstone(file) && d.removing {
		d.violated("the tombstone %s is removed before it is durable that the segments are", file)
	}
	if isSegment(file) {
		d.removeSegment(file)
	}
}

// removeSegment holds the removal of landed segments to its order: a durable tombstone, the segments, the tombstone.
func (d *order) removeSegment(file string) {
	d.removing = true
	for name := range d.exists {
		if isTombstone(name) && !d.needed[name] {
			return
		}
	}
	d.violated("%s is removed before a durable tombstone says that it is merged", file)
}
