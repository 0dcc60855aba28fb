package rules

import (
	"fmt"
	"regexp"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/models/text"
)

// Rule is a line of rules.csv. Empty conditions hold for every transaction, empty results leave what there is.
type Rule struct {
	Line     int    `json:"-"`       // of the file; 0 of one that is stored
	ID       string `json:"rule_id"` // given, or made of the conditions
	Version  string `json:"version"` // a hash of what the line says
	Position int    `json:"position"`

	Merchant  *string `json:"merchant"` // key or name
	Words     *string `json:"words"`    // stand together, in the spelling of text.Key
	Pattern   *string `json:"pattern"`  // RE2
	AccountID *string `json:"account_id"`
	HolderID  *string `json:"holder_id"`
	Direction *string `json:"direction"` // in or out
	Currency  *string `json:"currency"`
	MinMinor  *int64  `json:"min_minor"`
	MaxMinor  *int64  `json:"max_minor"`

	Category  *string `json:"category"`
	Name      *string `json:"name"`
	Treatment *string `json:"treatment"`
}

var ruleColumns = []string{
	"id", "merchant", "words", "pattern", "account", "holder", "direction", "currency", "min_amount", "max_amount",
	"category", "name", "treatment",
}

var ruleID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// ReadRules reads rules.csv.
func ReadRules(file string, content []byte) ([]Rule, error) {
	lines, err := readLines(file, content, ruleColumns)
	if err != nil {
		return nil, err
	}
	if len(lines) > mostRules {
		return nil, at(file, lines[mostRules].number, "is line %d with a rule, more than %d; put words into a pattern",
			mostRules+1, mostRules)
	}
	categories, err := loadCategories()
	if err != nil {
		return nil, err
	}
	rules, ids, conditions := make([]Rule, 0, len(lines)), map[string]int{}, map[string]int{}
	for _, l := range lines {
		r, err := parseRule(l, categories)
		if err != nil {
			return nil, at(file, l.number, "%v", err)
		}
		if before := conditions[r.conditions()]; before > 0 {
			return nil, at(file, l.number, "has the conditions of line %d, which decides; take one of them out", before)
		}
		if before := ids[r.ID]; before > 0 {
			return nil, at(file, l.number, "has the id %s of line %d; give it another", r.ID, before)
		}
		r.Position = len(rules) + 1
		ids[r.ID], conditions[r.conditions()] = l.number, l.number
		rules = append(rules, r)
	}
	return rules, nil
}

func parseRule(l line, categories categories) (r Rule, err error) {
	r = Rule{
		Line: l.number, ID: l.cells["id"], AccountID: l.cell("account"), HolderID: l.cell("holder"),
		Direction: l.lower("direction"), Currency: l.lower("currency"), Category: l.lower("category"),
		Name: l.cell("name"), Treatment: l.lower("treatment"), Merchant: l.cell("merchant"), Words: l.cell("words"),
		Pattern: l.cell("pattern"),
	}
	for _, check := range []func(l line) error{r.checkText, r.checkScope, r.checkAmounts} {
		if err := check(l); err != nil {
			return r, err
		}
	}
	if r.Category == nil && r.Name == nil && r.Treatment == nil {
		return r, fmt.Errorf("says nothing of what it matches; fill category, name or treatment")
	}
	if err := categories.check(r.Category, r.Treatment, r.Direction); err != nil {
		return r, err
	}
	if r.ID == "" {
		r.ID = "r-" + hash(r.conditions())[:8]
	}
	if !ruleID.MatchString(r.ID) {
		return r, fmt.Errorf("id %q: an id has letters, digits, and - . _ behind the first, 64 at most",
			shortened(r.ID))
	}
	r.Version = hash(r.conditions(), value(r.Category), value(r.Name), value(r.Treatment))[:8]
	return r, nil
}

// checkText checks what the text has to be.
func (r *Rule) checkText(line) error {
	if r.Merchant == nil && r.Words == nil && r.Pattern == nil {
		return fmt.Errorf("matches every text; fill merchant, words or pattern")
	}
	if r.Merchant != nil && text.Key(*r.Merchant) == "" {
		return fmt.Errorf("merchant %q has no letter or digit", shortened(*r.Merchant))
	}
	if r.Words != nil {
		if r.Words = new(text.Key(*r.Words)); *r.Words == "" {
			return fmt.Errorf("words have no letter or digit; write a pattern")
		}
	}
	if r.Pattern == nil {
		return nil
	}
	compiled, err := compilePattern(*r.Pattern)
	if err != nil {
		return fmt.Errorf("pattern: %w; words in the column words need no such signs", err)
	}
	if compiled.MatchString("") {
		return fmt.Errorf("pattern %q matches every text; say what has to be there", shortened(*r.Pattern))
	}
	return nil
}

// checkScope checks whose transactions it is for.
func (r *Rule) checkScope(line) error {
	if r.AccountID != nil && !strings.HasPrefix(*r.AccountID, "fca_") {
		return fmt.Errorf("account %q: want the id of an account, fca_…", shortened(*r.AccountID))
	}
	if r.HolderID != nil && !strings.HasPrefix(*r.HolderID, "cus_") && !strings.HasPrefix(*r.HolderID, "acct_") {
		return fmt.Errorf("holder %q: want the id of a holder, cus_… or acct_…", shortened(*r.HolderID))
	}
	if r.Direction != nil && *r.Direction != "in" && *r.Direction != "out" {
		return fmt.Errorf("direction %q is not in or out", shortened(*r.Direction))
	}
	if r.Currency != nil && !schema.IsCurrency(*r.Currency) {
		return wrongCurrency(*r.Currency)
	}
	return nil
}

func (r *Rule) checkAmounts(l line) error {
	for _, bound := range []struct {
		column string
		minor  **int64
	}{{"min_amount", &r.MinMinor}, {"max_amount", &r.MaxMinor}} {
		written := l.cells[bound.column]
		if written == "" {
			continue
		}
		if r.Currency == nil {
			return fmt.Errorf("%s needs a currency; fill the column currency", bound.column)
		}
		minor, err := parseAmount(written, *r.Currency)
		if err != nil {
			return fmt.Errorf("%s: %w", bound.column, err)
		}
		*bound.minor = &minor
	}
	if r.MinMinor != nil && r.MaxMinor != nil && *r.MinMinor > *r.MaxMinor {
		return fmt.Errorf("min_amount is greater than max_amount; no transaction fits")
	}
	return nil
}

// conditions are all that a transaction has to fit, in one text.
func (r *Rule) conditions() string {
	merchant := ""
	if r.Merchant != nil {
		merchant = text.Key(*r.Merchant)
	}
	return strings.Join([]string{
		merchant, value(r.Words), value(r.Pattern), value(r.AccountID), value(r.HolderID), value(r.Direction),
		value(r.Currency), number(r.MinMinor), number(r.MaxMinor),
	}, "\x1f")
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

// wrongCurrency refuses what is written as a currency and is none.
func wrongCurrency(written string) error {
	return fmt.Errorf("currency %q: write an ISO 4217 code such as usd", shortened(written))
}

// cell is a cell; nil where it is empty.
func (l line) cell(column string) *string {
	if cell := l.cells[column]; cell != "" {
		return &cell
	}
	return nil
}

func (l line) lower(column string) *string {
	if cell := strings.ToLower(l.cells[column]); cell != "" {
		return &cell
	}
	return nil
}
