package page

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Severities of problems.
const (
	stop = "stop"
	care = "care"
)

// unknownShare is the share of money without a category above which no category is to be relied on.
const unknownShare = 0.25

// findProblems says why numbers may not be what they seem, worst first. It is what a reader has to know before the
// numbers, so it stands before them.
func (r *Report) findProblems() []Problem {
	found := []Problem{}
	for _, a := range r.Accounts {
		found = append(found, r.accountProblems(a)...)
	}
	if !slices.ContainsFunc(r.Accounts, func(a Account) bool { return a.Category == "cash" }) {
		found = append(found, Problem{
			"no_cash_account", stop,
			"No checking or savings account is shared: nothing can be said of balances, income and distress.",
		})
	}
	for _, v := range r.Values {
		if v.AccountKey == "" && v.Attribute == "flow_unknown_share" && v.Window == "90d" && v.Double != nil &&
			*v.Double > unknownShare {
			found = append(found, Problem{"unknown_share", care, fmt.Sprintf(
				"%.0f %% of the money that moved in %s in 90 days has no category: sums by category, income among "+
					"them, may be too low.", 100**v.Double, strings.ToUpper(v.Currency),
			)})
		}
	}
	for _, f := range r.Flags {
		if f.Code == "account_not_shared" || f.Code == "possible_duplicates" || f.Code == "residual" {
			found = append(found, Problem{f.Code, care, f.Title() + "."})
		}
	}
	found = append(found, r.feeProblems()...)
	slices.SortStableFunc(found, worstFirst)
	return found
}

// feeProblems are accounts that were below zero without a fee: where a bank charges none, a count of fees is zero
// whatever happened.
func (r *Report) feeProblems() (found []Problem) {
	for _, v := range r.Values {
		isFree := v.Attribute == "distress_bank_fee_policy" && v.Text == "NONE_SEEN_WITH_NEGATIVE_DAYS"
		if isFree && v.AccountKey != "" {
			found = append(found, Problem{
				"no_fee_seen", care, r.AccountTitle(v.AccountKey) + " was below zero, and no fee for it was seen: " +
					"its bank may charge none, so counts of fees say nothing about this account. Days below zero do.",
			})
		}
	}
	return found
}

func worstFirst(a, b Problem) int { return strings.Compare(b.Severity, a.Severity) }

// accountProblems are those of one account; what was closed has no problem with the days after.
func (r *Report) accountProblems(a Account) (found []Problem) {
	add := func(code, severity, format string, args ...any) {
		found = append(found, Problem{code, severity, a.Title() + fmt.Sprintf(format, args...)})
	}
	switch missing := r.daysSince(a.CoverageEnd); {
	case a.Shares != nil && !*a.Shares:
		add("not_shared", stop, " does not share its transactions.")
	case a.CoverageEnd == "":
		add("never_read", stop, " was never read to its end: none of its days is held for sure.")
	case missing > 4 && a.ClosedDate == "":
		add("out_of_date", stop, " is read up to %s only: %s since then are not held.", a.CoverageEnd,
			plural(missing-1, "day"))
	}
	if a.CoverageSpans > 1 {
		add("gap", stop, " has days in between for which rows may be missing.")
	}
	for gate := range strings.SplitSeq(a.FailedGates, ", ") {
		if gate != "" {
			add("gate_failed", stop, ": %s", gateWords(gate))
		}
	}
	for gate := range strings.SplitSeq(a.Warnings, ", ") {
		if gate == "feed" {
			add("feed_runs_dry", care,
				": in the last four weeks came fewer than a fifth of the rows of the four weeks before.")
		}
	}
	if a.Status == "inactive" && a.ClosedDate == "" {
		add("inactive", care, ": its connection is broken, so nothing new arrives until its holder links it again.")
	}
	if a.Status == "disconnected" && a.ClosedDate == "" {
		add("disconnected", care, " is not shared any more: nothing new arrives.")
	}
	return found
}

// Untried reports whether a check of an account could not be tried, so that it neither passed nor failed.
func (r *Report) Untried() bool {
	return slices.ContainsFunc(r.Accounts, func(a Account) bool { return a.Warnings != "" })
}

// daysSince counts days from a date to the date of the newest data.
func (r *Report) daysSince(date string) int64 {
	from, err := time.Parse(time.DateOnly, date)
	to, errTo := time.Parse(time.DateOnly, r.AsOfDate)
	if err != nil || errTo != nil {
		return 0
	}
	return int64(to.Sub(from).Hours() / 24)
}

// gateWords are what a failed check of an account means.
func gateWords(gate string) string {
	meaning := map[string]string{
		"sign":     "signs of its rows contradict texts or balances: in and out may be exchanged.",
		"balance":  "no balance of it was ever observed, so there are no balances of it.",
		"residual": "its rows do not explain how its balance moved: rows are missing or twice.",
		"currency": "rows of it are in a currency of which it has no balance.",
		"date":     "rows of it are dated as no bank can date them.",
	}[gate]
	if meaning == "" {
		return "the check " + gate + " failed."
	}
	return meaning
}

// StateCounts are how many of the holder's numbers in a currency are in which state, from the best to the worst.
func (r *Report) StateCounts(currency string) []StateCount {
	counts := make([]StateCount, len(states))
	for i, s := range states {
		counts[i].state = s
		for _, v := range r.Values {
			if v.AccountKey == "" && v.Currency == currency && v.State == s.Code {
				counts[i].Count++
			}
		}
	}
	return slices.DeleteFunc(counts, func(c StateCount) bool { return c.Count == 0 })
}

// StateCount is how many numbers have a state.
type StateCount struct {
	state
	Count int64
}
