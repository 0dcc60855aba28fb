//go:build linux && amd64

package faults

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"

	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/powercut"
)

// Orders hold every recorded round to the order of durable writes: a file's bytes before its
// name, its name and those of new directories above it before whatever relies on it, a journal line
// before the next. Power cuts show what comes of a wrong order; this finds an order that is wrong
// and has hurt nobody yet.
func Orders(all []*harness.Scenario) (trials []harness.Trial) {
	for _, s := range all {
		trials = append(trials, harness.Trial{ID: s.Name + "/order of durable writes", Run: func(context.Context, *harness.Worker, *rand.Rand) (harness.Result, error) {
			before, err := harness.NamesBelow(s.Data)
			problems := disorder(before, s.Changes)
			slices.Sort(problems)
			return harness.Result{Points: len(s.Changes), Problems: slices.Compact(problems)}, err
		}})
	}
	return trials
}

// order is what is not durable yet at some moment of a round.
type order struct {
	there    map[string]bool // files and directories; to make one again, which fails, changes nothing
	files    map[string]bool // made in this round
	dirty    map[string]bool // files with bytes or permissions that are not
	fresh    map[string]bool // new directories and journals whose names are not, while nobody needs them
	names    map[string]bool // names that are not, and are needed: of files that were put in place, and of new directories above them
	leaving  bool            // removals of landed segments are not
	problems []string
}

// disorder lists what a round relied on before it was durable.
func disorder(before []string, changes []powercut.Operation) []string {
	d := &order{there: map[string]bool{}, files: map[string]bool{}, dirty: map[string]bool{}, fresh: map[string]bool{}, names: map[string]bool{}}
	for _, name := range before {
		d.there[name] = true
	}
	for _, o := range changes {
		d.take(o)
	}
	d.rely("", "the round ended")
	for file := range d.dirty {
		if isJournal(file) {
			d.problems = append(d.problems, "the last line of "+file+" is not synced")
		}
	}
	return d.problems
}

func isJournal(file string) bool {
	return file == "state/journal" || strings.HasPrefix(file, "state/journal.")
}

func (d *order) take(o powercut.Operation) {
	switch o.Kind {
	case powercut.Create:
		if isJournal(o.Path) {
			d.appears(o.Path)
		}
		if isMark(o.Path) || harness.IsKept(o.Path) {
			d.appears(o.Path)
			d.need(o.Path)
		}
		d.files[o.Path] = true
		d.dirty[o.Path] = d.dirty[o.Path] || o.Truncate
	case powercut.MakeDirectory:
		d.appears(o.Path)
	case powercut.Write, powercut.Copy, powercut.Resize, powercut.Mode:
		if !isJournal(o.Path) {
			d.dirty[o.Path] = true
		} else if o.Kind == powercut.Write { // it is cut to size before each line
			d.line(o.Path)
		}
	case powercut.Sync:
		d.sync(o.Path)
	case powercut.Remove:
		for _, names := range []map[string]bool{d.there, d.dirty, d.fresh, d.names} {
			delete(names, o.Path)
		}
		if path.Dir(o.Path) == "state/landing" { // its rows are elsewhere now
			d.rely("state/landing", o.Path+" is removed")
			d.leaves(o.Path)
		}
	case powercut.Rename:
		d.rename(o)
	default: // links hold no bytes of their own
		if harness.IsKept(o.Path) {
			d.appears(o.Path)
			d.need(o.Path)
		}
	}
}

// isMark reports whether a file says that landed segments are merged.
func isMark(file string) bool {
	return path.Dir(file) == "state/landing" && path.Ext(file) == ".merged"
}

// leaves holds the removal of landed segments to its order: a durable mark, the segments, the mark.
func (d *order) leaves(file string) {
	if isMark(file) && d.leaving {
		d.problems = append(d.problems, "the mark "+file+" is removed before it is durable that the segments are")
	}
	if number := strings.TrimSuffix(path.Base(file), ".duckdb"); number == path.Base(file) || strings.Trim(number, "0123456789") != "" {
		return
	}
	d.leaving = true
	for name := range d.there {
		if isMark(name) && !d.names[name] {
			return
		}
	}
	d.problems = append(d.problems, file+" is removed before a durable mark says that it is merged")
}

// line is one more of a journal: what the one before says was relied on, so that one is there by now.
func (d *order) line(journal string) {
	if d.dirty[journal] {
		d.problems = append(d.problems, "a line of "+journal+" is not synced before the next")
	}
	if d.names[journal] {
		d.problems = append(d.problems, "the name of "+journal+" is not synced before its next line")
		delete(d.names, journal)
	}
	for _, directory := range above(journal) {
		if d.fresh[directory] || d.names[directory] {
			d.problems = append(d.problems, "a line is written to "+journal+" before the name of "+directory+" is synced in its directory")
			delete(d.fresh, directory)
			delete(d.names, directory)
		}
	}
	d.dirty[journal] = true
}

// sync makes a file's bytes durable, or the names in a directory. A journal's first line needs its name.
func (d *order) sync(synced string) {
	delete(d.dirty, synced)
	d.leaving = d.leaving && synced != "state/landing"
	for _, names := range []map[string]bool{d.fresh, d.names} {
		maps.DeleteFunc(names, func(name string, _ bool) bool { return path.Dir(name) == synced })
	}
	if isJournal(synced) {
		d.need(synced)
	}
}

// appears notes a new name, unless it is an old one.
func (d *order) appears(name string) {
	if !d.there[name] {
		d.there[name], d.fresh[name] = true, true
	}
}

// need says of a new name that it is more than a scratch one.
func (d *order) need(name string) {
	if d.fresh[name] {
		delete(d.fresh, name)
		d.names[name] = true
	}
}

// above are the directories a file is in, below the data directory.
func above(file string) (directories []string) {
	for directory := path.Dir(file); directory != "."; directory = path.Dir(directory) {
		directories = append(directories, directory)
	}
	return directories
}

// rename is how a file becomes what others rely on.
func (d *order) rename(o powercut.Operation) {
	if !d.files[o.Source] { // a directory or a link
		return
	}
	if d.dirty[o.Source] {
		d.problems = append(d.problems, fmt.Sprintf("%s becomes %s before it is synced", harness.Shape(o.Source), harness.Shape(o.Path)))
	}
	if strings.HasSuffix(o.Path, ".json") || o.Path == "fcpipe.duckdb" {
		d.rely("", harness.Shape(o.Path)+" is replaced")
	}
	for file := range d.dirty {
		if harness.IsKept(file) && o.Path == "fcpipe.duckdb" {
			d.problems = append(d.problems, "fcpipe.duckdb is replaced before "+harness.Shape(file)+" is synced")
		}
	}
	delete(d.files, o.Source)
	delete(d.dirty, o.Source)
	d.files[o.Path] = true
	d.names[o.Path] = true
	for _, directory := range above(o.Path) {
		d.need(directory)
	}
}

// rely finds names that are not durable when something relies on them; except those in one directory.
func (d *order) rely(except, event string) {
	for name := range d.names {
		if path.Dir(name) != except {
			d.problems = append(d.problems, fmt.Sprintf("%s: the name of %s is not synced in its directory", event, harness.Shape(name)))
			delete(d.names, name)
		}
	}
}
