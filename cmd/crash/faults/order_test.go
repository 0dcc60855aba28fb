//go:build linux && amd64

package faults

import (
	"strings"
	"testing"

	"fcpipe/cmd/crash/powercut"
)

// orderedPaths are the files and directories that the steps of a case name; other names are paths.
var orderedPaths = map[string]string{
	"next":      "state/next.duckdb",
	"published": "fcpipe.duckdb",
	"kept":      "state/previous/20260601T000000.000000000Z.duckdb",
	"body":      "state/quarantine/building.json",
	"refused":   "state/quarantine/1.json",
	"journal":   "state/journal.ndjson",
	"segment":   "state/landing/000000000001.duckdb",
	"mark":      "state/landing/000000000001.merged",
	"part":      "lake/.incoming/1",
	"month":     "lake/data/month/1.parquet",
	"pointer":   "lake/latest.json",
}

var orderedKinds = map[string]powercut.Kind{
	"create": powercut.Create, "write": powercut.Write, "resize": powercut.Resize, "chmod": powercut.Mode,
	"sync": powercut.Sync, "rename": powercut.Rename, "link": powercut.Link, "symlink": powercut.Symlink,
	"remove": powercut.Remove, "mkdir": powercut.MakeDirectory,
}

// operations reads steps such as "create next; rename next published; sync ."
func operations(t *testing.T, steps string) (all []powercut.Operation) {
	t.Helper()
	path := func(word string) string {
		if known, short := orderedPaths[word]; short {
			return known
		}
		return word
	}
	for step := range strings.SplitSeq(steps, "; ") {
		words := strings.Fields(step)
		kind, known := orderedKinds[words[0]]
		if !known {
			t.Fatalf("unknown step %q", step)
		}
		o := powercut.Operation{Kind: kind, Path: path(words[len(words)-1])}
		if len(words) == 3 {
			o.Source = path(words[1])
		}
		all = append(all, o)
	}
	return all
}

// orderCases are steps, and what a violation of them says; "" is that there is none.
var orderCases = []struct{ name, steps, says string }{
	{"in order", "create next; write next; sync next; rename next published; sync .", ""},
	{
		"bytes late",
		"create next; write next; rename next published; sync .",
		"becomes fcpipe.duckdb before it is synced",
	},
	{"mode late", "create next; sync next; chmod next; rename next published; sync .", "before it is synced"},
	{"name late", "create next; sync next; rename next published", "the round ended: the name of fcpipe.duckdb"},
	{
		"name relied on",
		"create next; sync next; rename next published; remove state/landing/1.duckdb; sync .",
		"is removed: the name of fcpipe.duckdb",
	},
	{
		"kept",
		"create next; sync next; create kept; write kept; sync kept; sync state/previous; " +
			"rename next published; sync .",
		"",
	},
	{
		"kept late",
		"create next; sync next; create kept; write kept; sync state/previous; rename next published; " +
			"sync .",
		"replaced before state/previous/*.duckdb is synced",
	},
	{
		"kept, no name",
		"create next; sync next; create kept; write kept; sync kept; rename next published; sync .",
		"the name of state/previous/*.duckdb is not synced",
	},
	{
		"kept by link",
		"create next; sync next; link published kept; sync state/previous; rename next published; sync .",
		"",
	},
	{
		"link's name",
		"create next; sync next; link published kept; rename next published; sync .",
		"the name of state/previous/*.duckdb is not synced",
	},
	{"body", "create body; write body; sync body; rename body refused; sync state/quarantine", ""},
	{"body late", "create body; write body; rename body refused; sync state/quarantine", "before it is synced"},
	{
		"body's name",
		"create body; write body; sync body; rename body refused",
		"the name of state/quarantine/1.json is not synced",
	},
	{
		"segments go",
		"create mark; sync state/landing; remove segment; sync state/landing; remove mark; " +
			"sync state/landing",
		"",
	},
	{"no mark", "remove segment; sync state/landing", "before a durable mark"},
	{
		"mark late",
		"create mark; remove segment; sync state/landing; remove mark",
		"before a durable mark",
	},
	{
		"mark early",
		"create mark; sync state/landing; remove segment; remove mark; sync state/landing",
		"before it is durable",
	},
	{"leftovers go", "remove state/landing/building.duckdb", ""},
	{
		"lines",
		"create journal; write journal; sync journal; sync state; resize journal; write journal; " +
			"sync journal",
		"",
	},
	{
		"line late",
		"create journal; write journal; resize journal; write journal; sync journal",
		"not synced before the next",
	},
	{"last line", "create journal; write journal", "the last line"},
	{
		"journal's name",
		"create journal; write journal; sync journal; create journal; write journal; sync journal; " +
			"sync state",
		"the name of state/journal.ndjson is not synced before its next line",
	},
	{"new state", "mkdir state; sync .; create journal; write journal; sync journal; sync state", ""},
	{
		"new state late",
		"mkdir state; create journal; write journal; sync .; sync journal; sync state",
		"before the name of state is synced",
	},
	{
		"new lake",
		"mkdir lake; sync .; mkdir lake/data; sync lake; mkdir lake/data/month; sync lake/data; " +
			"create part; sync part; rename part month; sync lake/data/month; create lake/1; sync lake/1; " +
			"rename lake/1 pointer; sync lake",
		"",
	},
	{
		"new lake late",
		"mkdir lake; create lake/1; sync lake/1; rename lake/1 pointer; sync lake",
		"the round ended: the name of lake is not synced",
	},
	{
		"new month late",
		"mkdir lake/data/month; create part; sync part; rename part month; sync lake/data/month; " +
			"create lake/1; sync lake/1; rename lake/1 pointer; sync lake/data; sync lake",
		"replaced: the name of lake/data/month",
	},
	{
		"made twice",
		"mkdir lake; sync .; mkdir lake; create lake/1; sync lake/1; rename lake/1 pointer; sync lake",
		"",
	},
	{"scratch", "mkdir state/spill; create state/spill/1; write state/spill/1", ""},
	{"a link", "symlink lake/current.tmp; rename lake/current.tmp lake/current", ""},
}

func TestViolationsOfTheOrderAreNamed(t *testing.T) {
	for _, c := range orderCases {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(violations([]string{"state/journal"}, operations(t, c.steps)), "\n")
			if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
				t.Errorf("%q, want %q", got, c.says)
			}
		})
	}
}

func TestJournalThatWasThereHasItsName(t *testing.T) {
	for _, c := range []struct {
		before []string
		wrong  bool
	}{{[]string{orderedPaths["journal"]}, false}, {nil, true}} {
		got := violations(c.before, operations(t, "create journal; write journal; sync journal"))
		if (len(got) > 0) != c.wrong {
			t.Errorf("with %q before: %q", c.before, got)
		}
	}
}
