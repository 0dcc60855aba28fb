package explain

import (
	"context"
	"database/sql"
	"fmt"

	"fcpipe/schema/duck"
	"fcpipe/schema/models/text"
)

// try lists the groups of rules in their order, up to the one that decides, as ledger.labels tries them.
func (t *Transaction) try(ctx context.Context, database duck.Queryer, read text.Reading) error {
	t.Tried = []Step{}
	isOverride := t.LabelRuleID != nil && *t.LabelRuleID == "user_override"
	if t.step("overrides.csv", isOverride, "gives the category", "no line gives a category") {
		return nil
	}
	decided, err := t.tryRules(ctx, database)
	if decided || err != nil {
		return err
	}
	class := t.SpendingClass
	isOwn := class == "own_transfer" || class == "card_payment"
	switch {
	case t.step("other half in the holder's accounts", isOwn && t.CounterID != nil, "found", "none"):
	case t.step("text of a movement between own accounts", isOwn || class == "card_payment_elsewhere",
		"its words say one", t.ownWords()):
	case t.step("refund", t.RuleID == "refund", "of a merchant the holder buys from, or by its words", t.refundWords()):
	default:
		t.tryText(read)
	}
	return nil
}

// step adds a step, and reports whether it decides.
func (t *Transaction) step(rule string, hit bool, result, otherwise string) bool {
	if !hit {
		result = otherwise
	}
	t.Tried = append(t.Tried, Step{rule, hit, result})
	return hit
}

// tryRules lists the user's own rules in their order: those whose text does not fit as how many they are, up to the
// first that fits, the others one by one. It reports whether one of them gives the category.
func (t *Transaction) tryRules(ctx context.Context, database duck.Queryer) (decided bool, err error) {
	others, isAny := 0, false
	skip := func() {
		if others > 0 {
			t.step("rules.csv, "+count(int64(others), "line"), false, "", "the text does not fit")
		}
		others = 0
	}
	err = statements.EachRow(ctx, database, "rules", func(scan duck.Scan) error {
		var id, version, category, otherwise string
		var textFits, fits bool
		if err := scan(&id, &version, &category, &textFits, &fits, &otherwise); err != nil {
			return err
		}
		isAny = true
		if !textFits {
			if !decided {
				others++
			}
			return nil
		}
		skip()
		decides := t.tryRule(fmt.Sprintf("rules.csv, rule %s version %s", id, version), category, otherwise, fits,
			t.UserRuleID != nil && *t.UserRuleID == id)
		decided = decided || decides
		return nil
	}, sql.Named("id", t.ID))
	skip()
	if !isAny {
		t.step("rules.csv", false, "", "no rules are in force")
	}
	return decided, err
}

// tryRule adds a rule whose text fits, and reports whether it gives the category.
func (t *Transaction) tryRule(name, category, otherwise string, fits, isFirst bool) bool {
	switch {
	case !fits && otherwise == "":
		return t.step(name, false, "", "the text fits; the money goes the other way than the category's")
	case !fits:
		return t.step(name, false, "", "the text fits; other "+otherwise)
	case isFirst && t.LabelRuleID != nil:
		return t.step(name, true, "the first that fits", "")
	case isFirst && category != "":
		return t.step(name, false, "", "fits, and says what the merchant sells: this is money that comes in")
	case isFirst:
		return t.step(name, false, "", "fits, and leaves the category as it is")
	}
	return t.step(name, false, "", "fits; another line decides")
}

func (t *Transaction) ownWords() string {
	if t.OwnKind == nil {
		return "its words say none"
	}
	return "its words may say one (" + *t.OwnKind + "); what is known of the accounts does not show it"
}

func (t *Transaction) refundWords() string {
	switch {
	case t.AmountMinor < 0:
		return "money goes out"
	case t.IsIncome:
		return "its words say income"
	case t.IsRefund != nil && *t.IsRefund:
		return "it is one, and its words say which kind"
	case t.SaysRefund:
		return "its words may say one; the holder bought nothing there"
	}
	return "neither words nor a purchase show one"
}

// tryText lists the groups of rules of texts, and what is left without one.
func (t *Transaction) tryText(read text.Reading) {
	for _, group := range read.Tried(t.AmountMinor >= 0) {
		l := group.Label
		if t.step("text: "+group.Group, l.Category != "", fmt.Sprintf("%s says %s, %s", l.Rule, l.Category, l.Strength),
			noneOf(group)) {
			return
		}
	}
	if t.RuleID == "user_hint" && t.Hint != nil {
		t.step("what overrides.csv said of this merchant before", true, *t.Hint, "")
		return
	}
	t.step("what overrides.csv said of this merchant before", false, "", "less than twice, or not the same")
}

// noneOf says how many rules of a group do not fit.
func noneOf(group text.Tried) string {
	if group.Rules == 0 {
		return "none fits"
	}
	return fmt.Sprintf("none of %d rules fits", group.Rules)
}
