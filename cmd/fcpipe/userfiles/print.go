package userfiles

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"fcpipe/schema/rules/stored"
)

// Print writes the report for people.
func (r Report) Print(out io.Writer) {
	if r.Rules+r.Overrides+r.Policy+r.Requests == "" {
		fmt.Fprintln(out, "no files: name some in analytics.rules, overrides, policy or loan_requests")
	}
	if r.Policy+r.Requests != "" {
		fmt.Fprintf(out, "%s of the policy, %s\n", count(int64(r.Stated), "condition"),
			count(int64(r.Asked), "loan request"))
	}
	if r.Rules+r.Overrides != "" {
		fmt.Fprintf(out, "%s of rules, %s of overrides\n", count(int64(len(r.Lines)), "line"),
			count(int64(r.Decided), "line"))
	}
	if len(r.Problems) > 0 {
		fmt.Fprintln(out, "\nto look at:")
	}
	r.printProblems(out)
	derived := r.derivedAgain()
	if len(r.Changes)+len(r.Pairs)+len(derived) == 0 {
		fmt.Fprintln(out, "\nnothing changes with the next round")
		return
	}
	fmt.Fprintln(out, "\nwhat changes with the next round:")
	for _, line := range derived {
		fmt.Fprintf(out, "  %s\n", line)
	}
	for i, pair := range r.Pairs {
		if i == 0 || r.Pairs[i-1].Where != pair.Where {
			fmt.Fprintf(out, "  %s\n", r.title(pair.Where))
		}
		fmt.Fprintf(out, "    pair %s and %s, %s %s: %s → %s\n", pair.OutID, pair.InID, pair.Amount,
			strings.ToUpper(pair.Currency), status(pair.From), status(pair.To))
	}
	for i, change := range r.Changes {
		if i == 0 || r.Changes[i-1].Where != change.Where {
			fmt.Fprintf(out, "  %s\n", r.title(change.Where))
		}
		fmt.Fprintf(out, "    %s, %s %s: %s\n", count(change.Rows, "transaction"), change.Amount,
			strings.ToUpper(change.Currency), change.describe()+r.apart(change))
	}
}

// shownProblems is how many problems of one kind, in one file, are printed; --json has all of them.
const shownProblems = 10

// printProblems prints the first problems of each kind, and says how many more there are.
func (r Report) printProblems(out io.Writer) {
	type kind struct{ file, kind string }
	of := func(p Problem) kind {
		file, _, _ := strings.Cut(p.Where, ":")
		return kind{file, p.Kind}
	}
	counts := map[kind]int{}
	for _, p := range r.Problems {
		counts[of(p)]++
	}
	printed := map[kind]int{}
	for _, p := range r.Problems {
		k := of(p)
		printed[k]++
		switch more := counts[k] - shownProblems; {
		case printed[k] <= shownProblems:
			fmt.Fprintf(out, "  %s: %s\n", p.Where, p.What)
		case printed[k] == shownProblems+1:
			fmt.Fprintf(out, "  %s: and %d more of this kind; --json lists them\n", k.file, more)
		}
	}
}

// derivedAgain says which tables a policy and loan requests change that the last round did not read.
func (r Report) derivedAgain() (lines []string) {
	if slices.Contains(r.Differ, stored.PolicyFile) {
		lines = append(lines, "the policy is another one than the last round read: underwriting.reasons")
	}
	if slices.Contains(r.Differ, stored.RequestsFile) {
		lines = append(lines, "loan requests are others than the last round read: affordability_* of "+
			"underwriting.attribute_values, and reasons that speak of them")
	}
	return lines
}

// title names a line, and how much of what it fits it decides.
func (r Report) title(where string) string {
	if where == "" {
		return "lines that are gone, and hints"
	}
	for _, l := range r.Lines {
		if where == fmt.Sprintf("%s:%d", r.Rules, l.Line) {
			return fmt.Sprintf("%s (%s) fits %s, decides %d", where, l.ID, count(l.Fits, "transaction"), l.First)
		}
	}
	return where
}

// apart tells a change of rows that count as spending neither now nor then from one beside it that says the same.
func (r Report) apart(c Change) string {
	isSame := func(other Change) bool {
		return other.Where == c.Where && other.From == c.From && other.To == c.To && other.Counted && other.WillCount
	}
	if c.Counted || c.WillCount || !slices.ContainsFunc(r.Changes, isSame) {
		return ""
	}
	return ", none counted as spending (ledger.labels.spend_state says why)"
}

func (c Change) describe() string {
	var parts []string
	if c.From != c.To {
		parts = append(parts, c.From+" → "+c.To)
	}
	switch {
	case c.Counted && !c.WillCount:
		parts = append(parts, "spending no more")
	case !c.Counted && c.WillCount:
		parts = append(parts, "counts as spending")
	}
	if c.From == c.To && c.CountsIn != c.WillCountIn {
		parts = append(parts, fmt.Sprintf("%s in %s, not in %s", c.To, c.WillCountIn, c.CountsIn))
	}
	if c.NameChanges {
		parts = append(parts, "another name")
	}
	if len(parts) == 0 {
		parts = append(parts, c.To+", treated otherwise")
	}
	return strings.Join(parts, ", ")
}

// status is one of ledger.transfers for people.
func status(s string) string {
	if s == "" {
		return "no pair"
	}
	return s
}

func count(n int64, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
