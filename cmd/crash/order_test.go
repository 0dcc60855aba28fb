//go:build linux && amd64

package main

import (
	"strings"
	"testing"

	"fcpipe/cmd/crash/powercut"
)

func TestDisorderIsNamed(t *testing.T) {
	create := func(path string) powercut.Operation { return powercut.Operation{Kind: powercut.Create, Path: path} }
	write := func(path string) powercut.Operation { return powercut.Operation{Kind: powercut.Write, Path: path} }
	sync := func(path string) powercut.Operation { return powercut.Operation{Kind: powercut.Sync, Path: path} }
	rename := func(from, to string) powercut.Operation {
		return powercut.Operation{Kind: powercut.Rename, Source: from, Path: to}
	}
	const next, published, journal = "state/next.duckdb", "fcpipe.duckdb", "state/journal.ndjson"
	for name, c := range map[string]struct {
		changes []powercut.Operation
		says    string
	}{
		"in order":       {[]powercut.Operation{create(next), write(next), sync(next), rename(next, published), sync(".")}, ""},
		"bytes late":     {[]powercut.Operation{create(next), write(next), rename(next, published), sync(".")}, "becomes fcpipe.duckdb before it is synced"},
		"mode late":      {[]powercut.Operation{create(next), sync(next), {Kind: powercut.Mode, Path: next}, rename(next, published), sync(".")}, "before it is synced"},
		"name late":      {[]powercut.Operation{create(next), sync(next), rename(next, published)}, "the round ended: the name of fcpipe.duckdb"},
		"name relied on": {[]powercut.Operation{create(next), sync(next), rename(next, published), {Kind: powercut.Remove, Path: "state/landing/1.duckdb"}, sync(".")}, "is removed: the name of fcpipe.duckdb"},
		"lines":          {[]powercut.Operation{create(journal), write(journal), sync(journal), {Kind: powercut.Resize, Path: journal}, write(journal), sync(journal)}, ""},
		"line late":      {[]powercut.Operation{create(journal), write(journal), {Kind: powercut.Resize, Path: journal}, write(journal), sync(journal)}, "not synced before the next"},
		"last line":      {[]powercut.Operation{create(journal), write(journal)}, "the last line"},
		"a link":         {[]powercut.Operation{{Kind: powercut.Symlink, Path: "lake/current.tmp"}, rename("lake/current.tmp", "lake/current")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(disorder(c.changes), "\n")
			if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
				t.Errorf("%q, want %q", got, c.says)
			}
		})
	}
}
