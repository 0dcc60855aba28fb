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
	"fcpipe/cmd/crash/oracle"
	"fcpipe/cmd/crash/powercut"
)

// Orders hold every recorded round to the order of durable writes: a file's bytes before its name, its name and those
// of new directories above it before whatever relies on it, a line of the journal before the next. Power cuts
// show what comes of a wrong order; this finds a wrong order that no state has shown yet.
func Orders(all []*harness.Scenario) (trials []harness.Trial) {
	for _, s := range all {
		run := func(context.Context, *harness.Worker, *rand.Rand) (result, error) {
			before, err := harness.NamesBelow(s.Data)
			problems := violations(before, s.Changes)
			slices.Sort(problems)
			return result{Points: len(s.Changes), Problems: slices.Compact(problems)}, err
		}
		trials = append(trials, trial(s, "order", "order of durable writes", run))
	}
	return trials
}

// order is what is not durable yet at some moment of a round. Its keys are paths below the data directory.
type order struct {
	exists     map[string]bool // files and directories; to create one again fails and changes nothing
	created    map[string]bool // files that this round created
	unsynced   map[string]bool // files with bytes or permissions that are not durable
	newNames   map[string]bool // of directories and journals that are not durable, while nothing needs them
	needed     map[string]bool // names of files in place, and of new directories above them, that are not durable
	removing   bool            // removals of landed segments are not durable
	violations []string
}

// violations lists what a round relied on before it was durable; before are the names that existed.
func violations(before []string, changes []powercut.Operation) []string {
	d := &order{
		exists: map[string]bool{}, created: map[string]bool{}, unsynced: map[string]bool{},
		newNames: map[string]bool{}, needed: map[string]bool{},
	}
	for _, name := range before {
		d.exists[name] = true
	}
	for _, o := range changes {
		d.apply(o)
	}
	d.require("", "the round ended")
	for file := range d.unsynced {
		if isJournal(file) {
			d.violated("the last line of %s is not synced", file)
		}
	}
	return d.violations
}

func (d *order) violated(format string, args ...any) {
	d.violations = append(d.violations, fmt.Sprintf(format, args...))
}

func (d *order) apply(o powercut.Operation) {
	switch o.Kind {
	case powercut.Create:
		d.create(o)
	case powercut.MakeDirectory:
		d.appear(o.Path)
	case powercut.Write, powercut.Copy, powercut.Resize, powercut.Mode:
		if !isJournal(o.Path) {
			d.unsynced[o.Path] = true
		} else if o.Kind == powercut.Write { // it is cut to size before each line
			d.line(o.Path)
		}
	case powercut.Sync:
		d.sync(o.Path)
	case powercut.Remove:
		d.remove(o.Path)
	case powercut.Rename:
		d.rename(o)
	default: // links hold no bytes of their own
		if harness.IsKeptGeneration(o.Path) {
			d.appear(o.Path)
			d.need(o.Path)
		}
	}
}

func (d *order) create(o powercut.Operation) {
	if isJournal(o.Path) {
		d.appear(o.Path)
	}
	if isMergedMark(o.Path) || harness.IsKeptGeneration(o.Path) {
		d.appear(o.Path)
		d.need(o.Path)
	}
	d.created[o.Path] = true
	d.unsynced[o.Path] = d.unsynced[o.Path] || o.Truncate
}

// appear notes a new name, unless it exists.
func (d *order) appear(name string) {
	if !d.exists[name] {
		d.exists[name], d.newNames[name] = true, true
	}
}

// need says that something relies on a new name.
func (d *order) need(name string) {
	if d.newNames[name] {
		delete(d.newNames, name)
		d.needed[name] = true
	}
}

// line is one more of a journal. What the one before says was relied on, so that one is durable by now.
func (d *order) line(journal string) {
	if d.unsynced[journal] {
		d.violated("a line of %s is not synced before the next", journal)
	}
	if d.needed[journal] {
		d.violated("the name of %s is not synced before its next line", journal)
		delete(d.needed, journal)
	}
	for _, directory := range above(journal) {
		if d.newNames[directory] || d.needed[directory] {
			d.violated("a line is written to %s before the name of %s is synced in its directory", journal, directory)
			delete(d.newNames, directory)
			delete(d.needed, directory)
		}
	}
	d.unsynced[journal] = true
}

// sync makes a file's bytes durable, or the names in a directory. A journal's first line needs its name.
func (d *order) sync(synced string) {
	delete(d.unsynced, synced)
	d.removing = d.removing && synced != landing
	for _, names := range []map[string]bool{d.newNames, d.needed} {
		maps.DeleteFunc(names, func(name string, _ bool) bool { return path.Dir(name) == synced })
	}
	if isJournal(synced) {
		d.need(synced)
	}
}

// rename is how a file becomes what others rely on.
func (d *order) rename(o powercut.Operation) {
	if !d.created[o.Source] { // a directory or a link
		return
	}
	target := harness.GenericPath(o.Path)
	if d.unsynced[o.Source] {
		d.violated("%s becomes %s before it is synced", harness.GenericPath(o.Source), target)
	}
	if strings.HasSuffix(o.Path, ".json") || o.Path == oracle.PublishedFile {
		d.require("", target+" is replaced")
	}
	for file := range d.unsynced {
		if harness.IsKeptGeneration(file) && o.Path == oracle.PublishedFile {
			d.violated("%s is replaced before %s is synced", target, harness.GenericPath(file))
		}
	}
	delete(d.created, o.Source)
	delete(d.unsynced, o.Source)
	d.created[o.Path] = true
	d.needed[o.Path] = true
	for _, directory := range above(o.Path) {
		d.need(directory)
	}
}

// require names needed names that are not durable when something relies on them; except those in one directory.
func (d *order) require(except, event string) {
	for name := range d.needed {
		if path.Dir(name) != except {
			d.violated("%s: the name of %s is not synced in its directory", event, harness.GenericPath(name))
			delete(d.needed, name)
		}
	}
}

// above are the directories a file is in, below the data directory.
func above(file string) (directories []string) {
	for directory := path.Dir(file); directory != "."; directory = path.Dir(directory) {
		directories = append(directories, directory)
	}
	return directories
}

func isJournal(file string) bool {
	return file == "state/journal" || strings.HasPrefix(file, "state/journal.")
}
