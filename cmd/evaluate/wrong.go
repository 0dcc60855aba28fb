package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// wrongs are examples of what is wrong, by measure: so many of each at most. They are shown of the styles that rules
// may be written by, never of those that are kept for evaluation.
type wrongs struct {
	most  int
	lines map[string][]string
}

func newWrongs(most int) *wrongs { return &wrongs{most, map[string][]string{}} }

func (w *wrongs) note(measure, format string, values ...any) {
	if len(w.lines[measure]) < w.most {
		w.lines[measure] = append(w.lines[measure], fmt.Sprintf(format, values...))
	}
}

// noteClaim notes a row of which something is claimed wrongly, or not seen.
func (m *measured) noteClaim(measure, id string, given, isTrue bool) {
	if given != isTrue && m.wrongs.most > 0 {
		said := map[bool]string{true: "claimed", false: "not seen"}[given]
		m.wrongs.note(measure, "%s: %q is %s", said, m.texts[id], m.truth[id].Label)
	}
}

// notePair notes a pair of legs that is claimed wrongly, or not seen.
func (m *measured) notePair(measure, said, a, b string) {
	if m.wrongs.most > 0 {
		m.wrongs.note(measure, "%s: %q is %s, %q is %s", said, m.texts[a], m.truth[a].Label, m.texts[b],
			m.truth[b].Label)
	}
}

// noteStream notes a stream that is claimed wrongly, not seen, or called another kind than it is.
func (m *measured) noteStream(kind, said, called string, s *set) {
	if m.wrongs.most > 0 && len(s.members) > 0 {
		first := slices.Min(s.members)
		m.wrongs.note(streamMeasure(kind), "%s %s: %d payments, %q is %s", said, called, len(s.members), m.texts[first],
			m.truth[first].Label)
	}
}

// noteLink notes a refund that is linked to another purchase than its own, or to none.
func (m *measured) noteLink(p *product, refund, given string) {
	if m.wrongs.most > 0 {
		shown := func(id string) string { return fmt.Sprintf("%q (%d)", m.texts[id], p.rows[id].amount) }
		m.wrongs.note(refundLinks, "%s is of %s, not of %s", shown(refund), shown(m.truth[refund].RefundOf),
			shown(given))
	}
}

// noteKeys notes keys that hold several merchants.
func (m *measured) noteKeys(p *product) {
	if m.wrongs.most == 0 {
		return
	}
	of := map[string]map[string]string{} // key, family: a text
	for id, t := range m.truth {
		if t.Merchant == "" || isPayer(t) {
			continue
		}
		key, family := p.rows[id].merchantKey, familyOf(t.Merchant)
		if of[key] == nil {
			of[key] = map[string]string{}
		}
		of[key][family] = max(of[key][family], m.texts[id])
	}
	for _, key := range slices.Sorted(maps.Keys(of)) {
		if len(of[key]) > 1 {
			texts := slices.Sorted(maps.Values(of[key]))
			m.wrongs.note(keys, "%q holds %d merchants: %q", key, len(texts), texts[:min(len(texts), 3)])
		}
	}
}

// print writes the examples for people.
func (w *wrongs) print(out io.Writer) {
	for _, measure := range slices.Sorted(maps.Keys(w.lines)) {
		fmt.Fprintf(out, "%s\n  %s\n", measure, strings.Join(w.lines[measure], "\n  "))
	}
}

// changes tells of each measure what is another than in an earlier table.
func (t *table) changes(before *table, out io.Writer) {
	lines := [][]string{{
		"change since " + before.Commit, "precision", "recall", "precision by money", "recall by money",
	}}
	for _, name := range slices.Sorted(maps.Keys(t.Scores)) {
		now, was := t.Scores[name], before.Scores[name]
		if was == nil {
			was = &score{}
		}
		if *now == *was {
			continue
		}
		lines = append(lines, []string{
			name, change(now.Right, now.Given, was.Right, was.Given), change(now.Right, now.True, was.Right, was.True),
			change(now.RightMinor, now.GivenMinor, was.RightMinor, was.GivenMinor),
			change(now.RightMinor, now.TrueMinor, was.RightMinor, was.TrueMinor),
		})
	}
	if len(lines) == 1 {
		lines = append(lines, []string{"nothing", "", "", "", ""})
	}
	align(out, lines)
}

func change(right, all, rightBefore, allBefore int64) string {
	if all == 0 || allBefore == 0 {
		return none
	}
	return fmt.Sprintf("%+.4f", share(right, all)-share(rightBefore, allBefore))
}
