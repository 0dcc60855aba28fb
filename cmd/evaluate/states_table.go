package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// stateTable is what was found of states: in worlds whose feeds are right, and in worlds where most are not.
type stateTable struct {
	Seeds []uint64 `json:"seeds"`

	Clean *states `json:"clean"`
	Messy *states `json:"messy"`
}

// measureAllStates measures the states in two worlds of each seed.
func (o options) measureAllStates(ctx context.Context, out, progress io.Writer) (*stateTable, error) {
	if o.stateHolders == 0 {
		return nil, nil
	}
	t := &stateTable{Seeds: o.stateSeeds, Clean: newStates(), Messy: newStates()}
	for _, seed := range o.stateSeeds {
		for mess, into := range map[bool]*states{false: t.Clean, true: t.Messy} {
			found, err := o.measureStates(ctx, seed, mess)
			if err != nil {
				return nil, fmt.Errorf("states of world %d: %w", seed, err)
			}
			fmt.Fprintf(progress, "states of world %d, mess %v: %d accounts\n", seed, mess, found.Accounts)
			into.add(found)
			for _, example := range found.examples[:min(len(found.examples), o.wrong)] {
				fmt.Fprintln(out, example)
			}
		}
	}
	return t, nil
}

func (s *states) add(o *states) {
	s.Accounts += o.Accounts
	s.Coverable += o.Coverable
	s.CoveredOK += o.CoveredOK
	for mess, k := range o.ByMess {
		into := s.of(mess)
		into.Days.add(k.Days)
		into.Balances.add(k.Balances)
		into.Flows.add(k.Flows)
		into.Labelled.add(k.Labelled)
		into.Labels.add(k.Labels)
	}
	for name, n := range o.OtherNames {
		s.OtherNames[name] += n
	}
	for name, n := range o.NotOK {
		s.NotOK[name] += n
	}
}

// lines are the tallies by kind of feed.
func (t *stateTable) lines() [][]string {
	lines := [][]string{{
		"feed of the account", "days", "proved", "wrong", "wrong and proved", "balances and flows", "OK", "wrong",
		"wrong and OK", "before the first balance", "by labels", "OK", "wrong and OK", "before the first balance",
		"labels wrong",
	}}
	add := func(name string, k *kindOf) {
		values := k.Balances
		values.add(k.Flows)
		lines = append(lines, []string{
			name, fmt.Sprint(k.Days.All), percent(k.Days.OK, k.Days.All), percent(k.Days.Wrong, k.Days.All),
			fmt.Sprint(k.Days.WrongOK), fmt.Sprint(values.All), percent(values.OK, values.All),
			percent(values.Wrong, values.All), fmt.Sprint(values.WrongOK), fmt.Sprint(values.Unprovable),
			fmt.Sprint(k.Labelled.All), percent(k.Labelled.OK, k.Labelled.All), fmt.Sprint(k.Labelled.WrongOK),
			fmt.Sprint(k.Labelled.Unprovable), percent(k.Labels.WrongOK+k.Labels.Unprovable, k.Labels.OK),
		})
	}
	if k := t.Clean.ByMess[noMess]; k != nil {
		add("right, as all of its world", k)
	}
	for _, mess := range slices.Sorted(maps.Keys(t.Messy.ByMess)) {
		add(mess, t.Messy.ByMess[mess])
	}
	return lines
}

func percent(part, whole int64) string {
	if whole == 0 {
		return none
	}
	return fmt.Sprintf("%.1f %%", 100*share(part, whole))
}

// head says what was measured, and how much is OK where nothing is wrong.
func (t *stateTable) head(of *table) string {
	return fmt.Sprintf("fcpipe %s, styles %q of commit %s, seeds %s: %d accounts in worlds whose feeds\n"+
		"are right, %d in the others.\n"+
		"OK of covered spans where feeds are right: %s of %d values (wanted: at least 95 %%).",
		of.Commit, of.Styles, of.StylesCommit, strings.Trim(fmt.Sprint(t.Seeds), "[]"), t.Clean.Accounts,
		t.Messy.Accounts, percent(t.Clean.CoveredOK, t.Clean.Coverable), t.Clean.Coverable)
}

// why prints what is not OK although its span is covered, most first.
func (s *states) why(out io.Writer, most int) {
	names := slices.SortedFunc(maps.Keys(s.NotOK), func(a, b string) int { return int(s.NotOK[b] - s.NotOK[a]) })
	for _, name := range names[:min(len(names), most)] {
		fmt.Fprintf(out, "%7d %s\n", s.NotOK[name], name)
	}
}
