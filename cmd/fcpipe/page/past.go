package page

import (
	"regexp"
	"slices"
	"time"
)

// Past is what a report of an earlier instant was computed from, as schema/replay found it: with the same values the
// numbers are the same. A report of the file as it is has no Past.
type Past struct {
	AsOf          time.Time `json:"as_of"`             // the instant that was asked for
	FirstObserved time.Time `json:"first_observed_at"` // of the holder
	IsBackfilled  bool      `json:"is_backfilled"`     // nothing of the holder had been observed by then
	IsRescored    *bool     `json:"is_rescored"`       // other definitions or rules than those of the recorded day
	Definition    string    `json:"definition_version"`
	Taxonomy      string    `json:"taxonomy_version"`
	Rules         string    `json:"rules_hash"`
	Overrides     string    `json:"overrides_hash"`
	LoanRequests  string    `json:"loan_requests_hash"`
}

var derivedTable = regexp.MustCompile(`\b(ledger|quality|expenses|underwriting)\.[a-z_]+`)

// Tables are the derived tables that the report of a holder and a policy read, in alphabetical order.
func Tables() (tables []string, err error) {
	for _, name := range []string{"report.sql", "sources.sql", "affordability.sql", "policy.sql"} {
		text, err := sqlFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		tables = append(tables, derivedTable.FindAllString(string(text), -1)...)
	}
	slices.Sort(tables)
	return slices.Compact(tables), nil
}

// SetPast makes the report one of an earlier instant, which it says before its numbers.
func (r *Report) SetPast(p Past) {
	p.AsOf, p.FirstObserved = p.AsOf.UTC(), p.FirstObserved.UTC()
	r.Past = &p
	found := []Problem{}
	if p.IsBackfilled {
		found = append(found, Problem{
			"backfilled", care, "Backfilled: nothing of this holder had been observed by then. It shows what the " +
				"first observation, of " + instant(p.FirstObserved, r.Zone) + ", said of the time up to then: good " +
				"for a first look, not for what could have been known.",
		})
	}
	if p.IsRescored != nil && *p.IsRescored {
		found = append(found, Problem{
			"rescored", care, "Re-scored: the numbers that were recorded for that day were made by other " +
				"definitions or rules than these.",
		})
	}
	r.Problems = append(found, r.Problems...)
	slices.SortStableFunc(r.Problems, worstFirst)
}

// PastInstant is the instant that was asked for, in the report zone; empty of the file as it is.
func (r *Report) PastInstant() string {
	if r.Past == nil {
		return ""
	}
	return instant(r.Past.AsOf, r.Zone)
}

// Kind says in a word each what kind of past it is.
func (p *Past) Kind() (words string) {
	if p.IsBackfilled {
		words += ", backfilled"
	}
	if p.IsRescored != nil && *p.IsRescored {
		words += ", re-scored"
	}
	return words
}

// MadeOf says what the numbers are made of.
func (p *Past) MadeOf() string {
	if p.IsBackfilled {
		return "made of what was observed first, as far as it is dated by then."
	}
	return "made only of what had been observed by then; what came later is in no number."
}
