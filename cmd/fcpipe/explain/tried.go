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

// tryRules lists the user's own rules that the text fits, and reports whether one of them gives the category.
func (t *Transaction) tryRules(ctx context.Context, database duck.Queryer) (decided bool, err error) {
	var all int64
	if err := database.QueryRowContext(ctx, statements.Get("rule_count")).Scan(&all); err != nil {
		return false, err
	}
	fitting := 0
	err = statements.EachRow(ctx, database, "rules", func(scan duck.Scan) error {
		var id, version, category string
		var fits bool
		if err := scan(&id, &version, &category, &fits); err != nil {
			return err
		}
		fitting++
		name := fmt.Sprintf("rules.csv, rule %s version %s", id, version)
		isFirst := t.UserRuleID != nil && *t.UserRuleID == id
		decides := isFirst && t.LabelRuleID != nil
		switch {
		case !fits:
			t.step(name, false, "", "the text fits; account, holder, direction, currency or amount do not")
		case decides:
			t.step(name, true, "the first that fits", "")
		case isFirst && category != "":
			t.step(name, false, "", "fits, and says what the merchant sells: this is money that comes in")
		case isFirst:
			t.step(name, false, "", "fits, and leaves the category as it is")
		default:
			t.step(name, false, "", "fits; an earlier line decides")
		}
		decided = decided || decides
		return nil
	}, sql.Named("id", t.ID))
	if fitting == 0 {
		t.step("rules.csv", false, "", fmt.Sprintf("the text fits none of %d", all))
	}
	return decided, err
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
			"none fits") {
			return
		}
	}
	if t.RuleID == "user_hint" && t.Hint != nil {
		t.step("what overrides.csv said of this merchant before", true, *t.Hint, "")
		return
	}
	t.step("what overrides.csv said of this merchant before", false, "", "less than twice, or not the same")
}
