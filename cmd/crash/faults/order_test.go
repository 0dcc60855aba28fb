//go:build linux && amd64

package faults

import (
	"strings"
	"testing"

	"fcpipe/cmd/crash/powercut"
)

func TestViolationsOfTheOrderAreNamed(t *testing.T) {
	create := func(path string) powercut.Operation { return powercut.Operation{Kind: powercut.Create, Path: path} }
	write := func(path string) powercut.Operation { return powercut.Operation{Kind: powercut.Write, Path: path} }
	sync := func(path string) powercut.Operation { return powercut.Operation{Kind: powercut.Sync, Path: path} }
	rename := func(from, to string) powercut.Operation {
		return powercut.Operation{Kind: powercut.Rename, Source: from, Path: to}
	}
	directory := func(path string) powercut.Operation {
		return powercut.Operation{Kind: powercut.MakeDirectory, Path: path}
	}
	const kept, body, refused = "state/previous/20260601T000000.000000000Z.duckdb", "state/quarantine/building.json", "state/quarantine/1.json"
	const next, published, journal = "state/next.duckdb", "fcpipe.duckdb", "state/journal.ndjson"
	const segment, tombstone = "state/landing/000000000001.duckdb", "state/landing/000000000001.merged"
	remove := func(path string) powercut.Operation {
		return powercut.Operation{Kind: powercut.Remove, Path: path}
	}
	const part, month, pointer = "lake/.incoming/1", "lake/data/month/1.parquet", "lake/latest.json"
	for name, c := range map[string]struct {
		changes []powercut.Operation
		says    string
	}{
		"in order":        {[]powercut.Operation{create(next), write(next), sync(next), rename(next, published), sync(".")}, ""},
		"bytes late":      {[]powercut.Operation{create(next), write(next), rename(next, published), sync(".")}, "becomes fcpipe.duckdb before it is synced"},
		"mode late":       {[]powercut.Operation{create(next), sync(next), {Kind: powercut.Mode, Path: next}, rename(next, published), sync(".")}, "before it is synced"},
		"name late":       {[]powercut.Operation{create(next), sync(next), rename(next, published)}, "the round ended: the name of fcpipe.duckdb"},
		"name relied on":  {[]powercut.Operation{create(next), sync(next), rename(next, published), {Kind: powercut.Remove, Path: "state/landing/1.duckdb"}, sync(".")}, "is removed: the name of fcpipe.duckdb"},
		"kept":            {[]powercut.Operation{create(next), sync(next), create(kept), write(kept), sync(kept), sync("state/previous"), rename(next, published), sync(".")}, ""},
		"kept late":       {[]powercut.Operation{create(next), sync(next), create(kept), write(kept), sync("state/previous"), rename(next, published), sync(".")}, "replaced before state/previous/*.duckdb is synced"},
		"kept, no name":   {[]powercut.Operation{create(next), sync(next), create(kept), write(kept), sync(kept), rename(next, published), sync(".")}, "the name of state/previous/*.duckdb is not synced"},
		"kept by link":    {[]powercut.Operation{create(next), sync(next), {Kind: powercut.Link, Source: published, Path: kept}, sync("state/previous"), rename(next, published), sync(".")}, ""},
		"link's name":     {[]powercut.Operation{create(next), sync(next), {Kind: powercut.Link, Source: published, Path: kept}, rename(next, published), sync(".")}, "the name of state/previous/*.duckdb is not synced"},
		"body":            {[]powercut.Operation{create(body), write(body), sync(body), rename(body, refused), sync("state/quarantine")}, ""},
		"body late":       {[]powercut.Operation{create(body), write(body), rename(body, refused), sync("state/quarantine")}, "before it is synced"},
		"body's name":     {[]powercut.Operation{create(body), write(body), sync(body), rename(body, refused)}, "the name of state/quarantine/1.json is not synced"},
		"segments go":     {[]powercut.Operation{create(tombstone), sync("state/landing"), remove(segment), sync("state/landing"), remove(tombstone), sync("state/landing")}, ""},
		"no tombstone":    {[]powercut.Operation{remove(segment), sync("state/landing")}, "before a durable tombstone"},
		"tombstone late":  {[]powercut.Operation{create(tombstone), remove(segment), sync("state/landing"), remove(tombstone)}, "before a durable tombstone"},
		"tombstone early": {[]powercut.Operation{create(tombstone), sync("state/landing"), remove(segment), remove(tombstone), sync("state/landing")}, "before it is durable"},
		"leftovers go":    {[]powercut.Operation{remove("state/landing/building.duckdb")}, ""},
		"lines":           {[]powercut.Operation{create(journal), write(journal), sync(journal), sync("state"), {Kind: powercut.Resize, Path: journal}, write(journal), sync(journal)}, ""},
		"line late":       {[]powercut.Operation{create(journal), write(journal), {Kind: powercut.Resize, Path: journal}, write(journal), sync(journal)}, "not synced before the next"},
		"last line":       {[]powercut.Operation{create(journal), write(journal)}, "the last line"},
		"journal's name":  {[]powercut.Operation{create(journal), write(journal), sync(journal), create(journal), write(journal), sync(journal), sync("state")}, "the name of state/journal.ndjson is not synced before its next line"},
		"new state":       {[]powercut.Operation{directory("state"), sync("."), create(journal), write(journal), sync(journal), sync("state")}, ""},
		"new state late":  {[]powercut.Operation{directory("state"), create(journal), write(journal), sync("."), sync(journal), sync("state")}, "before the name of state is synced"},
		"new lake": {[]powercut.Operation{
			directory("lake"), sync("."), directory("lake/data"), sync("lake"), directory("lake/data/month"), sync("lake/data"), create(part), sync(part), rename(part, month),
			sync("lake/data/month"), create("lake/1"), sync("lake/1"), rename("lake/1", pointer), sync("lake"),
		}, ""},
		"new lake late":  {[]powercut.Operation{directory("lake"), create("lake/1"), sync("lake/1"), rename("lake/1", pointer), sync("lake")}, "the round ended: the name of lake is not synced"},
		"new month late": {[]powercut.Operation{directory("lake/data/month"), create(part), sync(part), rename(part, month), sync("lake/data/month"), create("lake/1"), sync("lake/1"), rename("lake/1", pointer), sync("lake/data"), sync("lake")}, "replaced: the name of lake/data/month"},
		"made twice":     {[]powercut.Operation{directory("lake"), sync("."), directory("lake"), create("lake/1"), sync("lake/1"), rename("lake/1", pointer), sync("lake")}, ""},
		"scratch":        {[]powercut.Operation{directory("state/spill"), create("state/spill/1"), write("state/spill/1")}, ""},
		"a link":         {[]powercut.Operation{{Kind: powercut.Symlink, Path: "lake/current.tmp"}, rename("lake/current.tmp", "lake/current")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(violations([]string{"state/journal"}, c.changes), "\n")
			if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
				t.Errorf("%q, want %q", got, c.says)
			}
		})
	}
}

func TestJournalThatWasThereHasItsName(t *testing.T) {
	const journal = "state/journal.ndjson"
	for _, c := range []struct {
		before []string
		wrong  bool
	}{{[]string{journal}, false}, {nil, true}} {
		got := violations(c.before, []powercut.Operation{
			{Kind: powercut.Create, Path: journal}, {Kind: powercut.Write, Path: journal}, {Kind: powercut.Sync, Path: journal},
		})
		if (len(got) > 0) != c.wrong {
			t.Errorf("with %q before: %q", c.before, got)
		}
	}
}
