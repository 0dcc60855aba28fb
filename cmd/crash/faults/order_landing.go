//go:build linux && amd64

package faults

import (
	"path"
	"strings"
)

// landing is the directory of landed segments.
const landing = "state/landing"

// isMergedMark reports whether a file says that landed segments are merged.
func isMergedMark(file string) bool {
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
	if isMergedMark(file) && d.removing {
		d.violated("the mark %s is removed before it is durable that the segments are", file)
	}
	if isSegment(file) {
		d.removeSegment(file)
	}
}

// removeSegment holds the removal of landed segments to its order: a durable mark, the segments, the mark.
func (d *order) removeSegment(file string) {
	d.removing = true
	for name := range d.exists {
		if isMergedMark(name) && !d.needed[name] {
			return
		}
	}
	d.violated("%s is removed before a durable mark says that it is merged", file)
}
