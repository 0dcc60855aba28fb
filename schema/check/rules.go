package check

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
)

// RuleSet says which rules of a file are checked.
type RuleSet int

// The rule sets there are.
const (
	Quick RuleSet = iota // rules of current rows, of owners and of derived tables
	Deep                 // those of Quick, and those that read every version
)

// need is what a rule takes for granted.
type need int

const (
	needsNothing  need = iota
	needsDeep          // asked in the set Deep only: it reads every version
	needsOwners        // the file has tables of owners
	needsOwnModel      // the models of this program made the derived tables
	needsMarks         // versions are marked as current
	needsNoMarks       // they are not, which migration 0005 began, and the set is Deep
	needsLabels        // the file has tables of Stripe's labels, which migration 0009 began
	needsRemovals      // the file knows what was removed, which migration 0007 began
	needsHistory       // the file has tables of the history of attributes, which migration 0010 began
)

// rule is a statement whose rows are findings: where, and what is wrong there.
type rule struct {
	name  string // of the statement
	needs need
}

// rulesByName are all rules there are, by name: in the order in which they are asked.
var rulesByName = listRules()

// listRules finds the rules among the statements. What one needs is the beginning of its name.
func listRules() (rules []rule) {
	for name := range statements {
		for prefix, needs := range map[string]need{
			"rule_": needsNothing, "deep_rule_": needsDeep, "owners_rule_": needsOwners, "derived_rule_": needsOwnModel,
			"marked_rule_": needsMarks, "unmarked_rule_": needsNoMarks,
			"kept_rule_": needsRemovals, "labels_rule_": needsLabels, "history_rule_": needsHistory,
		} {
			if strings.HasPrefix(name, prefix) {
				rules = append(rules, rule{name, needs})
			}
		}
	}
	slices.SortFunc(rules, func(a, b rule) int { return strings.Compare(a.name, b.name) })
	return rules
}

// Rules checks the rules of a set that apply to the file that r has open. A rule that cannot be asked is a finding;
// errors are as those of Verify.
func Rules(ctx context.Context, r *reader.Reader, set RuleSet) ([]schema.Finding, error) {
	given, err := givenOf(ctx, r, set)
	if err := inconclusive(ctx, err); err != nil {
		return nil, err
	}
	var findings []schema.Finding
	if err != nil {
		findings = append(findings, unreadable(r.Path(), err))
	}
	absent, err := models.Absent()
	if err != nil {
		return nil, err
	}
	for _, rule := range rulesByName {
		if !given[rule.needs] || rule.names(absent) {
			continue
		}
		found, err := rule.check(ctx, r)
		if err := inconclusive(ctx, err); err != nil {
			return nil, err
		}
		if err != nil {
			found = append(found, unreadable(r.Path(), err))
		}
		findings = append(findings, found...)
	}
	return findings, nil
}

// givenOf tells which needs a file meets. Those that could not be found out, it does not meet.
func givenOf(ctx context.Context, r *reader.Reader, set RuleSet) (map[need]bool, error) {
	owners, ownersErr := duck.HasTable(ctx, r.Database(), "pii.ownerships")
	labels, labelsErr := duck.HasTable(ctx, r.Database(), "main.label_states")
	own, ownErr := hasOwnModels(ctx, r)
	marked, marksErr := duck.HasColumn(ctx, r.Database(), "main.transaction_versions", "is_current")
	removals, removalsErr := duck.HasTable(ctx, r.Database(), "meta.removed_transactions")
	history, historyErr := duck.HasTable(ctx, r.Database(), "meta.attribute_changes")
	return map[need]bool{
		needsNothing: true, needsDeep: set == Deep, needsOwners: owners, needsOwnModel: own,
		needsMarks: marked, needsNoMarks: !marked && set == Deep && marksErr == nil,
		needsRemovals: removals, needsLabels: labels, needsHistory: history,
	}, errors.Join(ownersErr, labelsErr, ownErr, marksErr, removalsErr, historyErr)
}

func (rule rule) check(ctx context.Context, r *reader.Reader) (findings []schema.Finding, err error) {
	err = statements.EachRow(ctx, r.Database(), rule.name, func(scan duck.Scan) error {
		f := schema.Finding{IsDerived: rule.needs == needsOwnModel}
		err := scan(&f.Where, &f.What)
		findings = append(findings, f)
		return err
	})
	return findings, err
}

// names reports whether the rule's statement names one of some tables.
func (rule rule) names(tables []string) bool {
	return len(tables) > 0 && slices.ContainsFunc(namedByRules()[rule.name], func(name string) bool {
		return slices.Contains(tables, name)
	})
}

// namedByRules are the names with a schema in each rule's statement. They are found once, and only where a table is
// absent: looking for each absent table in each rule cost more than asking the rules.
var namedByRules = sync.OnceValue(func() map[string][]string {
	qualified, named := regexp.MustCompile(`\b[a-z_]+\.[a-z_0-9]+\b`), map[string][]string{}
	for _, rule := range rulesByName {
		named[rule.name] = qualified.FindAllString(statements.Get(rule.name), -1)
	}
	return named
})

// hasOwnModels reports whether the models of this program made the derived tables. Those of another version are not
// held to these rules: the next round derives them again.
func hasOwnModels(ctx context.Context, r *reader.Reader) (bool, error) {
	current, err := models.CurrentFingerprint()
	if err != nil {
		return false, err
	}
	with, err := models.DerivedWith(ctx, r.Database())
	return with.Fingerprint == current, err
}
