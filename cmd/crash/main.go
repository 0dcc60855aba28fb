//go:build linux && amd64

// Command crash proves what fcpipe promises of crashes: it kills rounds at every system call
// and HTTP exchange, makes calls fail, rebuilds what a power cut may leave, and holds each
// outcome to rules, history and, after a clean round, the simulator's ground truth. It needs Linux on amd64 and no rights.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"time"

	"golang.org/x/term"

	"fcpipe/cmd/crash/faults"
	"fcpipe/cmd/crash/harness"
	"fcpipe/cmd/crash/tracer"
)

// options say how much is tried. Zero of a kind tries none of it, -1 all there is.
type options struct {
	program, dir, commit string
	seed                 uint64
	workers              int
	kills, compound      int
	failures, reads      int
	cuts                 int
	publishes, flips     int
	only                 string
	results, page        string
}

func main() {
	tracer.BecomeTraced()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) == 3 && os.Args[1] == faults.ReadArgument {
		faults.ReadAgainAndAgain(ctx, os.Args[2], os.Stdout, time.Sleep)
		return
	}
	var o options
	flag.StringVar(&o.program, "program", "bin/fcpipe", "the program to disturb")
	flag.StringVar(&o.dir, "dir", "", "working directory, removed at the end; default is memory where there is /dev/shm")
	flag.StringVar(&o.commit, "commit", "unknown", "the commit the page names for what is tried now")
	flag.Uint64Var(&o.seed, "seed", 7, "makes other worlds and other choices")
	flag.IntVar(&o.workers, "workers", runtime.NumCPU(), "trials at the same time")
	flag.IntVar(&o.kills, "kills", 0, "kills followed by one clean round each; -1 is every one there is")
	flag.IntVar(&o.compound, "compound", 0, "kills in lives of many")
	flag.IntVar(&o.failures, "failures", 0, "calls that fail; -1 is every one there is")
	flag.IntVar(&o.reads, "reads", 0, "reads that fail; -1 is every one there is")
	flag.IntVar(&o.cuts, "cuts", 0, "states after a power cut; -1 is every one there is")
	flag.IntVar(&o.publishes, "publishes", 0, "rounds that publish under readers")
	flag.IntVar(&o.flips, "flips", 0, "bits that turn over in a directory at rest")
	flag.StringVar(&o.only, "only", "", "only the trial of this name, or all whose names match this regular expression")
	flag.StringVar(&o.results, "results", "", "file that keeps figures between parts of a proof")
	flag.StringVar(&o.page, "page", "", "file for the page that people read")
	flag.Parse()
	if err := o.prove(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		stop()
		os.Exit(1)
	}
}

// prove prepares the scenarios, tries what is wanted, and fails when anything was found.
func (o options) prove(ctx context.Context) (err error) {
	program, err := filepath.Abs(o.program)
	if err != nil {
		return err
	}
	dir, err := o.directory()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	all, odd, err := harness.Prepare(ctx, program, dir, o.seed)
	if err != nil {
		return err
	}
	h := &harness.Harness{Seed: o.seed, Now: time.Now}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		h.Progress = os.Stderr
	}
	for n := range o.workers {
		w, err := harness.NewWorker(program, filepath.Join(dir, fmt.Sprintf("worker-%d", n)))
		if err != nil {
			return err
		}
		h.Workers = append(h.Workers, w)
	}
	p := &proof{Seed: o.seed, Date: time.Now().UTC().Format(time.DateOnly), Machine: fmt.Sprintf("%d cores, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)}
	if o.results != "" {
		if err := p.load(o.results); err != nil {
			return err
		}
	}
	if err := o.sections(ctx, h, all, odd, p); err != nil {
		return err
	}
	if o.page != "" {
		if err := p.page(o.page); err != nil {
			return err
		}
	}
	if found := p.findings(); found > 0 {
		return fmt.Errorf("%d findings; one again: -seed %d -only 'NAME'", found, o.seed)
	}
	return nil
}

func (o options) directory() (string, error) {
	if o.dir != "" {
		return filepath.Abs(o.dir)
	}
	parent := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		parent = "/dev/shm" // an fsync that costs nothing makes thousands of rounds affordable
	}
	return os.MkdirTemp(parent, "crash-")
}

// part is a section and how much of it is wanted.
type part struct {
	section harness.Section
	wanted  int
	trials  []harness.Trial
	control bool // findings are what it wants
}

func (o options) sections(ctx context.Context, h *harness.Harness, all, odd []*harness.Scenario, p *proof) error {
	parts := []part{
		{harness.Section{Name: "kills, one each", What: "kills"}, o.kills, faults.SingleKills(all), false},
		{harness.Section{Name: "kills, compound", What: "kills"}, o.compound, faults.ChainsOfKills(all, o.chains()), false},
		{harness.Section{Name: "failing calls", What: "errors"}, o.failures, faults.FailingCalls(all), false},
		{harness.Section{Name: "failing reads", What: "errors"}, o.reads, faults.FailingReads(all), false},
		{harness.Section{Name: "power cuts", What: "states"}, o.cuts, faults.PowerCuts(all), false},
		{harness.Section{Name: "order of durable writes", What: "changes"}, o.orders(), faults.Orders(slices.Concat(all, odd)), false},
		{harness.Section{Name: "flipped bits", What: "bits"}, o.flips, faults.FlippedBits(all), false},
		{harness.Section{Name: "readers", What: "publishes"}, o.publishes, faults.Storm(all, o.storms()), false},
	}
	for _, c := range faults.Controls {
		parts = append(parts, part{harness.Section{Name: "control: " + c.Name, What: "states"}, o.controlCuts(), c.Cuts(all), true})
	}
	chosen, err := o.chosen(parts)
	if err != nil {
		return err
	}
	for _, part := range parts {
		trials := part.trials
		if o.only != "" {
			trials, part.wanted = matching(trials, chosen), -1
		}
		if part.wanted == 0 || len(trials) == 0 {
			continue
		}
		if part.wanted > 0 { // a sample of everything, not the beginning of it
			random := rand.New(rand.NewPCG(o.seed, 1)) //nolint:gosec // a seed must replay
			random.Shuffle(len(trials), func(i, j int) { trials[i], trials[j] = trials[j], trials[i] })
		}
		if err := o.section(ctx, h, p, part, trials); err != nil {
			return err
		}
	}
	return nil
}

func (o options) section(ctx context.Context, h *harness.Harness, p *proof, part part, trials []harness.Trial) error {
	s := &part.section
	s.Commit = o.commit
	if err := h.Try(ctx, s, trials, max(part.wanted, 0)); err != nil {
		return err
	}
	if part.control {
		s.Findings = nil
		if s.Counts[faults.Noticed] == 0 && o.only == "" {
			s.Findings = []harness.Finding{{Trial: s.Name, Problem: "no state showed that an fsync is missing: the proof is blind"}}
		}
	}
	tell(os.Stdout, s)
	p.add(s)
	if o.results == "" {
		return nil
	}
	return p.save(o.results)
}

// chosen are the names that -only asks for; nothing to try is an error, for it proves nothing.
func (o options) chosen(parts []part) (names map[string]bool, err error) {
	if o.only == "" {
		return nil, nil
	}
	var all []string
	for _, part := range parts {
		for _, t := range part.trials {
			all = append(all, t.ID)
		}
	}
	return choose(all, o.only)
}

// choose picks the name that is equal, or those that match: names have characters in them that mean
// something else in a regular expression.
func choose(names []string, only string) (map[string]bool, error) {
	if slices.Contains(names, only) {
		return map[string]bool{only: true}, nil
	}
	pattern, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("-only: no trial has this name, and as a regular expression: %w", err)
	}
	some := map[string]bool{}
	for _, name := range names {
		if pattern.MatchString(name) {
			some[name] = true
		}
	}
	if len(some) == 0 {
		return nil, fmt.Errorf("-only: none of %d trials has this name or matches it: %s", len(names), only)
	}
	return some, nil
}

func matching(trials []harness.Trial, names map[string]bool) (some []harness.Trial) {
	for _, t := range trials {
		if names[t.ID] {
			some = append(some, t)
		}
	}
	return some
}

// chains are as many as are wanted; to find one by its name, as many as anybody wants.
func (o options) chains() int {
	wanted := o.compound/faults.KillsOfChain + 1
	if o.only != "" || o.compound < 0 {
		return max(wanted, mostChains)
	}
	return wanted
}

// storms are the publishes of a faults.Storm; one that was asked for by its name has some.
func (o options) storms() int {
	if o.only != "" || o.publishes < 0 {
		return max(o.publishes, fewPublishes)
	}
	return o.publishes
}

const (
	mostChains   = 1000
	fewPublishes = 3
)

// orders are tried with power cuts, and then all of them: there is one for each recorded round.
func (o options) orders() int {
	if o.cuts == 0 {
		return 0
	}
	return -1
}

// controlCuts is enough for a control to notice what is missing.
func (o options) controlCuts() int {
	if o.cuts == 0 {
		return 0
	}
	return max(o.cuts/10, 150)
}
