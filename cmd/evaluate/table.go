package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// mostUnknown is the share of money without a category that is wanted at most.
const mostUnknown = 0.15

// table is all that was measured.
type table struct {
	Commit       string                       `json:"commit"`
	Styles       string                       `json:"styles"`
	StylesCommit string                       `json:"styles_commit"`
	Seeds        []uint64                     `json:"seeds"`
	Rows         int                          `json:"rows"`
	Accounts     int                          `json:"accounts"`
	Distinct     int                          `json:"distinct_texts"`
	Unknown      int64                        `json:"unknown_minor"` // of Total
	Total        int64                        `json:"total_minor"`   // 0 while there are no labels
	Scores       map[string]*score            `json:"scores"`
	ByStyle      map[string]map[string]*score `json:"by_institution"`
	ByGroup      map[string]*score            `json:"by_group"`
	Intervals    map[int]coverage             `json:"income_intervals"` // by months known
	Missing      map[string]string            `json:"missing"`          // tables and columns, by what needs them
	States       *stateTable                  `json:"states,omitempty"`
}

func newTable(o options) *table {
	return &table{
		Commit: o.commit, Styles: o.styles, StylesCommit: o.stylesCommit, Seeds: o.seeds,
		Scores: map[string]*score{}, ByStyle: map[string]map[string]*score{}, ByGroup: map[string]*score{},
		Intervals: map[int]coverage{},
	}
}

// add adds what was found in a world.
func (t *table) add(m *measured) {
	t.Rows, t.Accounts, t.Distinct = t.Rows+m.rows, t.Accounts+m.accounts, t.Distinct+m.distinctTexts
	t.Unknown, t.Total, t.Missing = t.Unknown+m.unknown, t.Total+m.total, m.missing
	t.addIntervals(m.intervals)
	sum(t.Scores, m.scores)
	sum(t.ByGroup, m.byGroup)
	for style, scores := range m.byStyle {
		if t.ByStyle[style] == nil {
			t.ByStyle[style] = map[string]*score{}
		}
		sum(t.ByStyle[style], scores)
	}
}

func sum(into, scores map[string]*score) {
	for name, s := range scores {
		if into[name] == nil {
			into[name] = &score{}
		}
		into[name].add(*s)
	}
}

func (t *table) head() string {
	return fmt.Sprintf("fcpipe %s, styles %q of commit %s, seeds %s:\n"+
		"%d posted rows of %d accounts, %.0f %% distinct texts",
		t.Commit, t.Styles, t.StylesCommit, strings.Trim(fmt.Sprint(t.Seeds), "[]"), t.Rows, t.Accounts,
		100*share(int64(t.Distinct), int64(t.Rows)))
}

// print writes the table for people.
func (t *table) print(out io.Writer) {
	fmt.Fprintf(out, "%s\n\n", t.head())
	for _, part := range [][][]string{t.lines(), t.styleLines(), t.groupLines(), t.intervalLines()} {
		if len(part) > 1 {
			align(out, part)
			fmt.Fprintln(out)
		}
	}
	if t.States != nil {
		fmt.Fprintf(out, "%s\n\n", t.States.head(t))
		align(out, t.States.lines())
		if t.Styles == "default" {
			t.States.Clean.why(out, 40)
		}
	}
}

// lines are the measures, by rows with bounds and by money.
func (t *table) lines() [][]string {
	lines := [][]string{{
		"what", "precision", "95 %", "recall", "95 %", "right", "claimed", "true", "precision by money",
		"recall by money", "wanted",
	}}
	for _, m := range measures() {
		s := t.Scores[m.name]
		if s == nil {
			s = &score{}
		}
		if lacks := t.lacks(m); lacks != "" {
			lines = append(lines, []string{m.name, fmt.Sprintf("not built yet: %s; %d to find", lacks, s.True)})
			continue
		}
		lines = append(lines, append([]string{m.name}, append(s.cells(), m.wanted())...))
	}
	if lacks := t.Missing["labels"]; lacks != "" {
		return append(lines, []string{"unknown share of money", "not built yet: " + lacks})
	}
	return append(lines, []string{
		"unknown share of money", ratio(t.Unknown, t.Total), "", "", "", "", "", "", "", "",
		fmt.Sprintf("at most %.2f", mostUnknown),
	})
}

// lacks names the tables that a measure needs and the file does not have.
func (t *table) lacks(m measure) string {
	if m.needs == "" {
		return ""
	}
	return t.Missing[m.needs]
}

// cells are precision and recall with their bounds, counts, and both by money.
func (s *score) cells() []string {
	return []string{
		ratio(s.Right, s.Given), bounds(s.Right, s.Given), ratio(s.Right, s.True), bounds(s.Right, s.True),
		fmt.Sprint(s.Right), fmt.Sprint(s.Given), fmt.Sprint(s.True), ratio(s.RightMinor, s.GivenMinor),
		ratio(s.RightMinor, s.TrueMinor),
	}
}

func (m measure) wanted() string {
	switch {
	case m.precision > 0 && m.recall > 0:
		return fmt.Sprintf("%.2f, %.2f", m.precision, m.recall)
	case m.precision > 0:
		return fmt.Sprintf("%.3f", m.precision)
	}
	return ""
}

// styleLines are precision and recall by rows, of each institution.
func (t *table) styleLines() [][]string {
	head := []string{"precision / recall by rows"}
	var shown []string
	for _, name := range t.builtByInstitution() {
		for _, scores := range t.ByStyle {
			if scores[name] != nil {
				shown, head = append(shown, name), append(head, short(name))
				break
			}
		}
	}
	lines := [][]string{head}
	for _, style := range slices.Sorted(maps.Keys(t.ByStyle)) {
		line := []string{style}
		for _, name := range shown {
			s := t.ByStyle[style][name]
			if s == nil {
				s = &score{}
			}
			line = append(line, ratio(s.Right, s.Given)+" / "+ratio(s.Right, s.True))
		}
		lines = append(lines, line)
	}
	return lines
}

// builtByInstitution are the measures shown by institution of which the file has the tables.
func (t *table) builtByInstitution() (names []string) {
	for _, m := range measures() {
		if slices.Contains(byInstitution, m.name) && t.lacks(m) == "" {
			names = append(names, m.name)
		}
	}
	return names
}

// groupLines are the categories by the first word of their codes.
func (t *table) groupLines() [][]string {
	lines := [][]string{{
		"categories", "precision", "95 %", "recall", "95 %", "right", "claimed", "true", "precision by money",
		"recall by money",
	}}
	for _, group := range slices.Sorted(maps.Keys(t.ByGroup)) {
		lines = append(lines, append([]string{group}, t.ByGroup[group].cells()...))
	}
	return lines
}

const none = "–"

func ratio(part, whole int64) string {
	if whole == 0 {
		return none
	}
	return fmt.Sprintf("%.4f", share(part, whole))
}

func bounds(right, trials int64) string {
	if trials == 0 {
		return none
	}
	low, high := wilson(right, trials)
	return fmt.Sprintf("%.4f–%.4f", low, high)
}

// align writes cells in columns, the first to the left; a line of two cells is a sentence.
func align(out io.Writer, lines [][]string) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			if i == 0 || len(line) > 2 {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	for _, line := range lines {
		var text strings.Builder
		for i, cell := range line {
			gap := strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0))
			if i == 0 {
				text.WriteString(cell + gap)
			} else {
				text.WriteString("  " + map[bool]string{true: "", false: gap}[len(line) == 2] + cell)
			}
		}
		fmt.Fprintln(out, strings.TrimRight(text.String(), " "))
	}
}
