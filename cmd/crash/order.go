//go:build linux && amd64

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"

	"fcpipe/cmd/crash/powercut"
)

// orders hold every recorded round to the order of durable writes: a file's bytes before its
// name, its name before whatever relies on it, a journal line before the next. Power cuts show
// what comes of a wrong order; this finds an order that is wrong and has hurt nobody yet.
func orders(all []*scenario) (trials []trial) {
	for _, s := range all {
		trials = append(trials, trial{s.name + "/order of durable writes", func(context.Context, *worker, *rand.Rand) (result, error) {
			problems := disorder(s.changes)
			slices.Sort(problems)
			return result{points: len(s.changes), problems: slices.Compact(problems)}, nil
		}})
	}
	return trials
}

// order is what is not durable yet at some moment of a round.
type order struct {
	files    map[string]bool   // made in this round
	dirty    map[string]bool   // files with bytes or permissions that are not
	names    map[string]string // directories with a new name in them that is not
	problems []string
}

// disorder lists what a round relied on before it was durable.
func disorder(changes []powercut.Operation) []string {
	d := &order{files: map[string]bool{}, dirty: map[string]bool{}, names: map[string]string{}}
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
		d.files[o.Path] = true
		d.dirty[o.Path] = d.dirty[o.Path] || o.Truncate
	case powercut.Write, powercut.Copy, powercut.Resize, powercut.Mode:
		if !isJournal(o.Path) {
			d.dirty[o.Path] = true
		} else if o.Kind == powercut.Write { // it is cut to size before each line
			if d.dirty[o.Path] {
				d.problems = append(d.problems, "a line of "+o.Path+" is not synced before the next")
			}
			d.dirty[o.Path] = true
		}
	case powercut.Sync:
		delete(d.dirty, o.Path)
		delete(d.names, o.Path)
	case powercut.Remove:
		delete(d.dirty, o.Path)
		if strings.HasPrefix(o.Path, "state/landing/") { // its rows are elsewhere now
			d.rely("state/landing", o.Path+" is removed")
		}
	case powercut.Rename:
		d.rename(o)
	default: // links and directories hold no bytes of their own
	}
}

// rename is how a file becomes what others rely on.
func (d *order) rename(o powercut.Operation) {
	if !d.files[o.Source] { // a directory or a link
		return
	}
	if d.dirty[o.Source] {
		d.problems = append(d.problems, fmt.Sprintf("%s becomes %s before it is synced", shape(o.Source), shape(o.Path)))
	}
	if strings.HasSuffix(o.Path, ".json") || o.Path == "fcpipe.duckdb" {
		d.rely("", shape(o.Path)+" is replaced")
	}
	delete(d.files, o.Source)
	delete(d.dirty, o.Source)
	d.files[o.Path] = true
	d.names[path.Dir(o.Path)] = o.Path
}

// rely finds names that are not durable when something relies on them; except names its own directory.
func (d *order) rely(except, event string) {
	for directory, name := range d.names {
		if directory != except {
			d.problems = append(d.problems, fmt.Sprintf("%s: the name of %s is not synced in its directory", event, shape(name)))
			delete(d.names, directory)
		}
	}
}

// shape is a path without the parts that differ from run to run.
func shape(file string) string {
	if strings.HasSuffix(file, ".parquet") || strings.HasPrefix(file, "lake/manifests/") {
		return path.Dir(file) + "/*" + path.Ext(file)
	}
	return file
}
