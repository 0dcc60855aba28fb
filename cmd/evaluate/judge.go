package main

import (
	"fmt"
	"math"
	"strings"

	"fcpipe/cmd/evaluate/truth"
)

// tally counts what a file states of days or values of one kind of feed.
type tally struct {
	All        int64 `json:"all"`        // of which the truth is known
	OK         int64 `json:"ok"`         // stated without reserve
	Wrong      int64 `json:"wrong"`      // not exact, whatever the state
	WrongOK    int64 `json:"wrong_ok"`   // not exact and stated without reserve
	Unprovable int64 `json:"unprovable"` // of these, in spans that begin before the first balance that was observed
}

func (t *tally) add(o tally) {
	t.All, t.OK, t.Wrong, t.WrongOK, t.Unprovable = t.All+o.All, t.OK+o.OK, t.Wrong+o.Wrong, t.WrongOK+o.WrongOK,
		t.Unprovable+o.Unprovable
}

func (t *tally) count(isOK, isRight, isProvable bool) {
	t.All++
	if isOK {
		t.OK++
	}
	if !isRight {
		t.Wrong++
	}
	if isOK && !isRight && isProvable {
		t.WrongOK++
	}
	if isOK && !isRight && !isProvable {
		t.Unprovable++
	}
}

// kindOf are the days, values that need no label and values that do, of one kind of feed.
type kindOf struct {
	Days     tally `json:"days"`
	Balances tally `json:"balances"`
	Flows    tally `json:"flows"`
	Labelled tally `json:"labelled"` // by the product's labels: what of labels is wrong is Labels
	Labels   tally `json:"labels"`   // OK in the first sense, held to true labels
}

// states are what was found of states in worlds.
type states struct {
	Accounts   int                `json:"accounts"`
	ByMess     map[string]*kindOf `json:"by_mess"`
	Coverable  int64              `json:"coverable"` // values of spans that the history covers, with a truth
	CoveredOK  int64              `json:"covered_ok"`
	OtherNames map[string]int64   `json:"other_names"` // attributes of which the truth is not known
	NotOK      map[string]int64   `json:"not_ok"`      // why coverable values are not OK: state and attribute
	examples   []string
}

func newStates() *states {
	return &states{ByMess: map[string]*kindOf{}, OtherNames: map[string]int64{}, NotOK: map[string]int64{}}
}

func (s *states) of(mess string) *kindOf {
	if mess == "" {
		mess = noMess
	}
	if s.ByMess[mess] == nil {
		s.ByMess[mess] = &kindOf{}
	}
	return s.ByMess[mess]
}

const noMess = "right"

// judge holds days and values to the truth.
func (s *stated) judge(w *truth.World) *states {
	found := newStates()
	found.Accounts = len(w.Accounts)
	for _, d := range s.days {
		a := w.Accounts[d.account]
		ends := a.Balances(d.day, d.day)
		isRight := d.currency == "usd" && ends[1] == d.minor
		found.of(a.Mess).Days.count(d.reconciled == "proved", isRight, true)
		if !isRight && d.reconciled == "proved" {
			found.note("day %s %s of %q: %d, truly %d", d.account, d.day.Time().Format("2006-01-02"), a.Mess, d.minor,
				ends[1])
		}
	}
	given, meant := w.Values(s.given), w.Values(func(e *truth.Entry) truth.Label { return s.codes[e.Label] })
	windows := map[string]truth.Window{}
	for _, window := range truth.Windows(w.Today) {
		windows[window.Name] = window
	}
	for _, v := range s.values {
		s.judgeValue(found, w, v, given, meant, windows[v.Window])
	}
	return found
}

// given is the label that the file gives a row, and the true one where it does not have the row.
func (s *stated) given(e *truth.Entry) truth.Label {
	for _, id := range e.Shown {
		if l, isHeld := s.labels[id]; isHeld {
			return l
		}
	}
	return s.codes[e.Label]
}

func (s *stated) judgeValue(
	found *states, w *truth.World, v asked, given, meant map[truth.Key]truth.Value, window truth.Window,
) {
	want, isKnown := given[v.Key]
	if !isKnown {
		found.OtherNames[v.Attribute]++
		return
	}
	mess, own := w.Holders[v.Holder].Mess, w.Accounts[v.Account]
	if own != nil {
		mess = own.Mess
	}
	if v.currency != "usd" { // nothing ever happened in it
		want = truth.Value{IsSet: v.value.IsSet, IsReal: v.value.IsReal}
	}
	isOK, isRight := v.state == "OK", v.value.Is(want)
	isProvable := v.Window == "now" || window.First >= s.first(w, v.Key)
	k := found.of(mess)
	switch {
	case strings.HasPrefix(v.Attribute, "balance_"):
		k.Balances.count(isOK, isRight, isProvable)
	case v.FromLabels():
		k.Labelled.count(isOK, isRight, isProvable)
		k.Labels.count(isOK, v.value.Is(meant[v.Key]), isProvable)
	default:
		k.Flows.count(isOK, isRight, isProvable)
	}
	if isOK && !isRight {
		found.note("%v of %q %s: %v, truly %v (provable: %v)", v.Key, mess, v.currency, v.value, want, isProvable)
	}
	if v.currency == "usd" && want.IsSet && s.isCoverable(w, v, window) {
		found.Coverable++
		if isOK {
			found.CoveredOK++
		} else {
			found.NotOK[v.state+" "+v.Attribute+" "+v.Window+" "+v.reason]++
		}
	}
}

// first is the day of the first observed balance of an account, of a holder the last of its accounts'.
func (s *stated) first(w *truth.World, k truth.Key) (first truth.Day) {
	for _, a := range w.Of(k) {
		day, isObserved := s.firsts[a.Account]
		if !isObserved {
			return math.MaxInt
		}
		first = max(first, day)
	}
	return first
}

// isCoverable reports whether a span lies in the history of which the bank told: of balances after the first that was
// observed.
func (s *stated) isCoverable(w *truth.World, v asked, window truth.Window) bool {
	if v.Window == "now" {
		return true
	}
	if strings.HasPrefix(v.Attribute, "balance_") {
		return window.First >= s.first(w, v.Key)
	}
	first := truth.Day(math.MaxInt)
	for _, a := range w.Of(v.Key) {
		for _, e := range a.Entries {
			first = min(first, e.Day)
		}
	}
	return window.First >= first
}

func (s *states) note(format string, arguments ...any) {
	s.examples = append(s.examples, fmt.Sprintf(format, arguments...))
}
