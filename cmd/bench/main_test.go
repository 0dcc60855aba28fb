package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema/storetest"
)

// TestMain lets this very program be its own baselines and server.
func TestMain(m *testing.M) {
	if is, err := becomeChild(context.Background(), os.Args[1:], os.Stdin, os.Stdout); is {
		exitOn(err)
		return
	}
	os.Exit(m.Run())
}

// program builds fcpipe. "go run" keeps what it linked, "go build" does not.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fcpipe")
	build := exec.CommandContext(t.Context(), "go", "run", "-ldflags", "-s -w", "-exec", "cp",
		"fcpipe/cmd/fcpipe", path)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// TestEveryCaseFillsItsRows runs the whole bench on little data: every case and every baseline has a row, every column
// that applies a figure, and nothing is left behind.
func TestEveryCaseFillsItsRows(t *testing.T) {
	storetest.ForProof(t)
	dir := t.TempDir()
	built := program(t)
	o := options{program: built, core: built, commit: "test", dir: dir, rows: 100, runs: 1, threads: 1, ownTexts: 30}
	b, err := newBench(t.Context(), o, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	found, err := b.run(t.Context())
	b.close()
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
	if !strings.Contains(found.Texts, "are distinct") || strings.HasPrefix(found.Texts, "0 of") {
		t.Errorf("%q tells no share of distinct texts", found.Texts)
	}
	for _, c := range cases {
		if b.find(c.name, false) == nil {
			t.Errorf("case %s has no row", c.name)
		}
	}
	for i := range found.Cases {
		checkRow(t, &found.Cases[i])
	}
	checkGoals(t, found)
	checkPrinted(t, found)
}

// TestTheOverlayLeavesOutWhatNoCoreTableReads: streams are left out, what merchants are told by is not.
func TestTheOverlayLeavesOutWhatNoCoreTableReads(t *testing.T) {
	t.Chdir("../..")
	file := filepath.Join(t.TempDir(), "core.json")
	if err := writeOverlay(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, gone := range map[string]bool{
		"ledger/streams.sql": true, "expenses/upcoming.sql": true, "ledger/descriptions.sql": false,
		"ledger/transactions.sql": false, "underwriting/cash_flow_month.sql": false,
	} {
		if strings.Contains(string(text), "/schema/"+name) != gone {
			t.Errorf("%s is left out: want %v", name, gone)
		}
	}
}

// columns are those a case has beside total, CPU and peak.
var columns = map[string]string{
	"first": "stages server files changes", "first-core": "stages server files changes",
	"daily-core": "stages server files changes", "first-512MiB": "stages server files changes",
	"first-one": "stages server files changes", "first-small": "stages server files changes",
	"unchanged": "stages server files changes", "unchanged-many": "stages server files changes",
	"daily": "stages server files changes", "export": "server files", "status": "server files",
	"plan": "server files", "query": "server files", "report": "server files", "portfolio": "server files",
	"version": "",
}

func checkRow(t *testing.T, r *row) {
	t.Helper()
	name := r.Case + ", " + r.What
	isDerive := r.What == "derive of the first sync"
	if r.What == "tables added since" {
		return // a difference
	}
	if r.Runs != 1 || r.Total <= 0 || !isDerive && (r.CPU <= 0 || r.Peak < 1<<20) {
		t.Errorf("%s: %d runs, %v s, %v s of CPU, %d bytes at most", name, r.Runs, r.Total, r.CPU, r.Peak)
	}
	if r.Baseline {
		return
	}
	has := columns[r.Case]
	for column, filled := range map[string]bool{
		"stages": len(r.Stages) == len(stageNames), "server": r.Server != nil && r.Requests != nil,
		"files": r.File != nil && *r.File > 0 && r.Lake != nil && *r.Lake > 0, "changes": r.New != nil,
	} {
		if want := strings.Contains(has, column); filled != want {
			t.Errorf("%s: %s filled %v, want %v", name, column, filled, want)
		}
	}
	checkStages(t, name, r)
	asks := strings.HasPrefix(r.Case, "first") || strings.HasPrefix(r.Case, "daily") || r.Case == "plan" ||
		strings.HasPrefix(r.Case, "unchanged")
	if r.Requests != nil && asks != (*r.Requests > 0) {
		t.Errorf("%s: %d requests", name, *r.Requests)
	}
}

// checkStages: what changes rows goes through every stage, which take no longer than the whole.
func checkStages(t *testing.T, name string, r *row) {
	t.Helper()
	sum := 0.0
	for stage, seconds := range r.Stages {
		sum += seconds
		changes := *r.New+*r.Changed > 0
		if seconds < 0 || changes && seconds == 0 {
			t.Errorf("%s: %s took %v s", name, stage, seconds)
		}
	}
	if sum > r.Total {
		t.Errorf("%s: stages took %v s of %v", name, sum, r.Total)
	}
}

// checkGoals: every goal of the issue has its figure, whatever it is on so little data.
func checkGoals(t *testing.T, found table) {
	t.Helper()
	var names []string
	for _, g := range found.Goals {
		names = append(names, g.What)
	}
	slices.Sort(names)
	want := []string{
		"daily-core: derive", "daily: ledger, quality, expenses", "daily: peak memory", "daily: underwriting",
		"daily: without fetch", "daily: without fetch", "first-512MiB: peak memory", "first-core: speed",
		"first: peak memory", "plan: CPU", "portfolio", "query: CPU", "rebuild: ledger, quality, expenses",
		"rebuild: underwriting", "report", "status: CPU", "unchanged-many: files of file and lake that were written",
		"unchanged: CPU", "unchanged: CPU", "unchanged: files of file and lake that were written",
	}
	if !slices.Equal(names, want) {
		t.Errorf("goals %q, want %q", names, want)
	}
	for _, g := range found.Goals {
		if strings.Contains(g.What, "files of file and lake") && !g.Met {
			t.Errorf("%s: %v", g.What, g.Value)
		}
	}
}

// checkPrinted: people and programs get the same rows.
func checkPrinted(t *testing.T, found table) {
	t.Helper()
	var text bytes.Buffer
	found.print(&text)
	for _, name := range append([]string{found.Machine.DuckDB, found.Machine.Go, "test ·", "goal"}, stageNames...) {
		if name == "" || !strings.Contains(text.String(), name) {
			t.Errorf("%q is not printed:\n%s", name, &text)
		}
	}
	for _, r := range found.Cases {
		if !r.Baseline && !strings.Contains(text.String(), "\n"+r.Case+" ") {
			t.Errorf("%s is not printed", r.Case)
		}
	}
	encoded, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	var decoded table
	if err := json.Unmarshal(encoded, &decoded); err != nil || len(decoded.Cases) != len(found.Cases) ||
		decoded.Machine.Cores < 1 {
		t.Errorf("%d rows in JSON, %v, want %d; %+v", len(decoded.Cases), err, len(found.Cases), decoded.Machine)
	}
}

func TestMedianOfRuns(t *testing.T) {
	for _, c := range []struct {
		totals []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 100}, 3}} {
		r := row{}
		for i, total := range c.totals {
			r.samples = append(r.samples, sample{total: total, peak: int64(i)})
		}
		if r.summarize(); r.Total != c.want || r.Peak != int64(len(c.totals)-1) || r.Runs != len(c.totals) {
			t.Errorf("%v: %v of %d runs, peak %d", c.totals, r.Total, r.Runs, r.Peak)
		}
	}
}

func TestChosenCases(t *testing.T) {
	names := func(o options) (names []string) {
		chosen, err := o.chosen()
		if err != nil {
			return []string{"none"}
		}
		for _, c := range chosen {
			names = append(names, c.name)
		}
		return names
	}
	for _, c := range []struct {
		o    options
		want string
	}{
		{options{rows: million, cases: "daily|first"}, "first daily"},
		{options{rows: tenMillion}, "unchanged export status plan query report portfolio version daily"},
		{options{rows: tenMillion, cases: "first"}, "first"},
		{options{rows: million, cases: "dail"}, "none"},
		{options{rows: million, cases: "("}, "none"},
	} {
		if got := strings.Join(names(c.o), " "); got != c.want {
			t.Errorf("%+v chooses %q, want %q", c.o, got, c.want)
		}
	}
	if got := names(options{rows: million}); len(got) != len(cases) {
		t.Errorf("a million rows choose %q", got)
	}
}
