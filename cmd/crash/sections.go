//go:build linux && amd64

package main

import (
	"context"
	"os"
	"slices"

	"fcpipe/cmd/crash/faults"
	"fcpipe/cmd/crash/harness"
)

// part is a section to try: its trials, and how many points of them are wanted; -1 is all.
type part struct {
	section harness.Section
	wanted  int
	trials  []harness.Trial
	control bool // findings are its success
}

// sections are all parts of a proof, wanted or not.
func (o options) sections(all, orderOnly []*harness.Scenario) []part {
	erasures := harness.Erasures(all)
	all = harness.Rounds(all)
	parts := []part{
		newPart("killed erasures", "kills", o.erasures, faults.KilledErasures(erasures)),
		newPart("kills, one each", "kills", o.kills, faults.SingleKills(all)),
		newPart("kills, compound", "kills", o.compound, faults.KillChains(all, o.chains())),
		newPart("failing calls", "errors", o.failures, faults.FailingCalls(all)),
		newPart("failing reads", "errors", o.reads, faults.FailingReads(all)),
		newPart("power cuts", "states", o.cuts, faults.PowerCuts(all)),
		newPart("order of durable writes", "changes", o.orders(), faults.Orders(slices.Concat(all, orderOnly))),
		newPart("flipped bits", "bits", o.flips, faults.FlippedBits(all)),
		newPart("readers", "publishes", o.publishes, faults.ReadersStress(all, o.publishesUnderReaders())),
	}
	for _, c := range faults.Controls {
		control := newPart("control: "+c.Name, "states", o.controlCuts(), c.Cuts(all))
		if control.control = true; o.controlCuts() == minControls { // a sample asks whether, the whole proof how often
			control.section.Until = faults.Noticed
		}
		parts = append(parts, control)
	}
	return parts
}

func newPart(name, points string, wanted int, trials []harness.Trial) part {
	return part{section: harness.Section{Name: name, What: points}, wanted: wanted, trials: trials}
}

// try tries the parts that are wanted, each in a sample's order, or the trials that were asked for by name.
func (o options) try(ctx context.Context, runner *harness.Runner, parts []part, p *proof) error {
	if o.only != "" {
		names, err := choose(namesOf(parts), o.only)
		if err != nil {
			return err
		}
		for i := range parts {
			parts[i].trials, parts[i].wanted = named(parts[i].trials, names), -1
		}
	}
	for _, part := range parts {
		if part.wanted == 0 || len(part.trials) == 0 {
			continue
		}
		if part.wanted > 0 {
			part.trials = sample(part.trials, o.seed)
		}
		if err := o.tryPart(ctx, runner, part, p); err != nil {
			return err
		}
	}
	return nil
}

func (o options) tryPart(ctx context.Context, runner *harness.Runner, part part, p *proof) error {
	s := &part.section
	s.Commit = o.commit
	if err := runner.Try(ctx, s, part.trials, max(part.wanted, 0)); err != nil {
		return err
	}
	if part.control {
		s.Findings = nil
		if s.Counts[faults.Noticed] == 0 && o.only == "" {
			blind := "no state showed that an fsync is missing: the proof is blind"
			s.Findings = []harness.Finding{{Trial: s.Name, Problem: blind}}
		}
	}
	printSection(os.Stdout, s)
	p.add(s)
	if o.results == "" {
		return nil
	}
	return p.save(o.results)
}

const (
	maxChains    = 1000 // to find one by its name
	minPublishes = 3    // of a stress that is asked for by its name
	minControls  = 300  // states, in which a control has noticed what is missing
)

// chains is how many are made: as many as are wanted; to find one by its name, as many as a full proof has.
func (o options) chains() int {
	wanted := o.compound/faults.KillsPerChain + 1
	if o.only != "" || o.compound < 0 {
		return max(wanted, maxChains)
	}
	return wanted
}

// publishesUnderReaders are those of the readers' stress.
func (o options) publishesUnderReaders() int {
	if o.only != "" || o.publishes < 0 {
		return max(o.publishes, minPublishes)
	}
	return o.publishes
}

// orders are tried with power cuts, and then all of them: there is one for each recorded round.
func (o options) orders() int {
	if o.cuts == 0 {
		return 0
	}
	return -1
}

// controlCuts is how many states each control is tried in, with power cuts.
func (o options) controlCuts() int {
	if o.cuts == 0 {
		return 0
	}
	return max(o.cuts/10, minControls)
}
