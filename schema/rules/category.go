package rules

import (
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema/models/text"
)

// treatments are what a category may count as, by the way its money goes.
var treatments = map[string][]string{
	"out": {"expense", "debt_service", "contra_revenue", "pass_through", "equity", "exclude", "review"},
	"in": {
		"income", "income_nonrecurring", "revenue", "contra_expense", "financing", "pass_through", "equity", "exclude",
		"review",
	},
}

// category is what a rule has to know of one.
type category struct{ flow, treatment string }

// categories are those of the taxonomy, by code.
type categories map[string]category

func loadCategories() (categories, error) {
	lines, err := text.Taxonomy()
	if err != nil {
		return nil, err
	}
	known := categories{}
	for _, l := range lines {
		known[l["code"]] = category{l["flow"], l["pl"]}
	}
	return known, nil
}

// check refuses a category there is not, one whose money goes the other way, and a treatment it cannot have.
func (c categories) check(code, treatment, direction *string) error {
	flow := "both"
	if code != nil {
		found, known := c[*code]
		if !known {
			return fmt.Errorf("unknown category %q%s; ledger.categories lists them", shortened(*code), c.near(*code))
		}
		flow = found.flow
		if direction != nil && flow != "both" && flow != *direction {
			return fmt.Errorf("category %s is for money that goes %s, the line for money that goes %s", *code, flow,
				*direction)
		}
	}
	if treatment == nil {
		return nil
	}
	if flow == "both" && direction != nil {
		flow = *direction
	}
	allowed := treatments[flow]
	if flow == "both" {
		allowed = append(slices.Clone(treatments["out"]), treatments["in"]...)
	}
	if code != nil && strings.HasPrefix(*code, "xfer.own") {
		allowed = []string{"exclude"}
	}
	if !slices.Contains(allowed, *treatment) {
		slices.Sort(allowed)
		return fmt.Errorf("treatment %q is not one of %s, which this category allows", shortened(*treatment),
			strings.Join(slices.Compact(allowed), ", "))
	}
	return nil
}

// near is a code that may have been meant: one that ends, or begins, as the other does.
func (c categories) near(code string) string {
	group, name, _ := strings.Cut(code, ".")
	var found []string
	for known := range c {
		knownGroup, knownName, _ := strings.Cut(known, ".")
		if knownName != "" && (knownName == name || knownName == code || name == "" && knownGroup == group) {
			found = append(found, known)
		}
	}
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	return "; did you mean " + found[0] + "?"
}
