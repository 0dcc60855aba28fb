package rules

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"fcpipe/schema/models/text"
)

// Text is what rules look at of a text of a bank: its normal form, and the keys and names of merchants it may be of.
type Text struct {
	Normal    string
	Merchants []string
}

// Matcher finds the rules that a text fits. It is safe for concurrent use.
type Matcher struct {
	rules       []compiledRule
	byMerchant  map[string][]int // by key
	byFirstWord map[string][]int
	byPattern   []int // that have nothing else
}

// compiledRule is what of a rule depends on the text alone.
type compiledRule struct {
	id       string
	merchant string // key; "" is any
	words    string // between spaces; "" is any
	pattern  *regexp.Regexp
	literal  string // that a text has to have for the pattern; "" is not known
}

// Compile makes a matcher of rules, in their order.
func Compile(rules []Rule) (*Matcher, error) {
	m := &Matcher{byMerchant: map[string][]int{}, byFirstWord: map[string][]int{}}
	for i, r := range rules {
		c := compiledRule{id: r.ID}
		if r.Merchant != nil {
			c.merchant = text.Key(*r.Merchant)
		}
		if r.Words != nil {
			c.words = " " + *r.Words + " "
		}
		if r.Pattern != nil {
			var err error
			if c.pattern, err = compilePattern(*r.Pattern); err != nil {
				return nil, fmt.Errorf("rule %s: %w", r.ID, err)
			}
			c.literal = requiredLiteral(*r.Pattern)
		}
		m.rules = append(m.rules, c)
		switch {
		case c.merchant != "":
			m.byMerchant[c.merchant] = append(m.byMerchant[c.merchant], i)
		case c.words != "":
			first, _, _ := strings.Cut(c.words[1:], " ")
			m.byFirstWord[first] = append(m.byFirstWord[first], i)
		default:
			m.byPattern = append(m.byPattern, i)
		}
	}
	return m, nil
}

// Match is the ids of the rules that a text fits, in their order.
func (m *Matcher) Match(t Text) []string {
	var found []int
	words := " " + text.Words(text.Fold(t.Normal)) + " "
	try := func(candidates []int) {
		for _, i := range candidates {
			if !slices.Contains(found, i) && m.rules[i].fits(t, words) {
				found = append(found, i)
			}
		}
	}
	if len(m.byMerchant) > 0 {
		for _, merchant := range t.Merchants {
			try(m.byMerchant[text.Key(merchant)])
		}
	}
	if len(m.byFirstWord) > 0 {
		for word := range strings.FieldsSeq(words) {
			try(m.byFirstWord[word])
		}
	}
	try(m.byPattern)
	slices.Sort(found)
	ids := make([]string, len(found))
	for n, i := range found {
		ids[n] = m.rules[i].id
	}
	return ids
}

// fits reports whether a text, whose merchants have been looked at, has the words and fits the pattern.
func (c *compiledRule) fits(t Text, words string) bool {
	return strings.Contains(words, c.words) &&
		(c.pattern == nil || strings.Contains(t.Normal, c.literal) && c.pattern.MatchString(t.Normal))
}

// compilePattern reads a regular expression that makes no difference of case.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(pattern); err != nil { // as it was written, not as it is below
		return nil, err
	}
	return regexp.Compile("(?i:" + pattern + ")")
}

// requiredLiteral is the longest text that every match has in it, in capitals; "" where none is sure. Looking for it is
// many times faster than trying the expression.
func requiredLiteral(pattern string) string {
	tree, err := syntax.Parse("(?i:"+pattern+")", syntax.Perl)
	if err != nil {
		return ""
	}
	return literalOf(tree.Simplify())
}

func literalOf(tree *syntax.Regexp) (longest string) {
	switch tree.Op {
	case syntax.OpLiteral:
		literal := strings.ToUpper(string(tree.Rune))
		if strings.ContainsFunc(literal, func(r rune) bool { return r >= utf8.RuneSelf }) {
			return "" // letters of other scripts have more than two cases
		}
		return literal
	case syntax.OpCapture, syntax.OpPlus:
		return literalOf(tree.Sub[0])
	case syntax.OpConcat:
		for _, part := range tree.Sub {
			if literal := literalOf(part); len(literal) > len(longest) {
				longest = literal
			}
		}
	default: // alternatives, repetitions, classes of characters: nothing is sure
	}
	return longest
}
