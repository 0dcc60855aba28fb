package text

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"fcpipe/schema"
)

// Label is what a text alone says a movement is, by one rule.
type Label struct {
	Category string // code of the taxonomy, "" when no rule says one
	Rule     string // id of a line of categories.csv, or merchant
	Strength string // exact, pattern or weak
}

// merchantRule is the rule id of what the table of merchants says.
const merchantRule = "merchant"

// The stages of the rules of categories.csv; the table of merchants stands between the first two.
const (
	beforeMerchant = iota // fees, income, benefits: a merchant's name in such a text is not who was paid
	byRail                // people, cash, checks and wires, unless a merchant that is known stands behind them
	byText                // words anywhere in the text
	byName                // words in the name of a merchant that no table knows
	stageCount
)

var stages = map[string]int{"first": beforeMerchant, "rail": byRail, "text": byText, "name": byName}

// categoryRule is a line of categories.csv.
type categoryRule struct {
	label   Label
	in, out bool
	rails   []string // one of them; with isNot, none of them; empty: whatever the rail
	isNot   bool
	groups  uint8           // bits of the groups of words that have to be there, one word of each
	only    map[string]bool // words that the whole text is of; nil: of any
}

// says are what a phrase says for a rule: which of its groups it stands for; the last bit is for words without which.
type says struct {
	rule   int
	groups uint8
}

const forbidden = 1 << 7

// phrase is a row of words of a rule. At the beginning or the end alone where it says so.
type phrase struct {
	words          string
	isHead, isTail bool
	says           says
}

// categoryRules are the rules of one stage, in their order.
type categoryRules struct {
	rules    []categoryRule
	groups   []uint8             // of each rule, side by side
	wordless []uint8             // the rules that go by the rail alone
	byFirst  map[string][]phrase // by the first word
	byLast   bool                // the rule whose words stand last wins
	words    []wholeWord         // with byLast
}

// Taxonomy are the lines of seeds/taxonomy.csv: every category there is, and how it counts.
var Taxonomy = sync.OnceValues(func() ([]map[string]string, error) {
	return Table(schema.SeedFiles, "seeds/taxonomy.csv")
})

// Processors are the lines of processors.csv: who takes payments for others, by what is printed before their names.
var Processors = sync.OnceValues(func() ([]map[string]string, error) { return Table(ruleFiles, "processors.csv") })

// loadCategories reads categories.csv and the codes that it may name.
func (s *ruleSet) loadCategories() error {
	lines, err := Taxonomy()
	if err != nil {
		return err
	}
	s.taxonomy = map[string]bool{}
	for _, line := range lines {
		s.taxonomy[line["code"]] = true
	}
	if lines, err = Table(ruleFiles, "categories.csv"); err != nil {
		return err
	}
	for _, line := range lines {
		stage, known := stages[line["stage"]]
		if !known || !s.taxonomy[line["category"]] || line["words"]+line["rail"] == "" {
			return fmt.Errorf("categories.csv: rule %s: its stage or category is unknown, or it has no words",
				line["id"])
		}
		s.categories[stage].add(line)
	}
	for stage := range s.categories {
		if count := len(s.categories[stage].rules); count > mostRules {
			return fmt.Errorf("categories.csv: a stage has %d rules, more than mostRules", count)
		}
	}
	s.categories[byName].byLast = true
	s.categories[byName].listWords()
	return nil
}

// wholeWord is a word that is a phrase by itself.
type wholeWord struct {
	word string
	says says
}

// listWords lists the words that are phrases, in their order.
func (c *categoryRules) listWords() {
	for first, phrases := range c.byFirst {
		for _, p := range phrases {
			if !p.isTail && p.words == first && p.says.groups != forbidden {
				c.words = append(c.words, wholeWord{first, p.says})
			}
		}
	}
	slices.SortFunc(c.words, func(a, b wholeWord) int { return strings.Compare(a.word, b.word) })
}

// cutLength is how long a name is at least that was cut off: the clearing house has 16 letters for it, and processors
// of cards 22 with their own prefix.
const cutLength = 16

// openStumps are the first letters of words that no rule has beside those of a rule: HOME, EQUITY, EQUIPMENT.
var openStumps = map[string]bool{"HOM": true, "EQU": true, "EQUI": true}

// ofStump is the rule that what is left at the end of a name says of a word that a bank or a processor has cut off:
// three letters of a long name, two in three of any. What may begin words of two rules says nothing: -1.
func (c *categoryRules) ofStump(name string) int {
	stump := name[strings.LastIndexByte(name, ' ')+1:]
	if len(stump) < 3 || openStumps[stump] || rules().names.isWhole(stump) {
		return -1
	}
	at, _ := slices.BinarySearchFunc(c.words, stump, func(w wholeWord, s string) int {
		return strings.Compare(w.word, s)
	})
	rule, shortest := -1, 0
	for ; at < len(c.words) && strings.HasPrefix(c.words[at].word, stump); at++ {
		found := c.words[at]
		if found.word == stump || rule >= 0 && found.says.rule != rule { // a whole word that did not fit is not cut off
			return -1
		}
		if rule = found.says.rule; shortest == 0 || len(found.word) < shortest {
			shortest = len(found.word)
		}
	}
	if len(name) < cutLength && len(stump) < max(4, (2*shortest+2)/3) {
		return -1
	}
	return rule
}

// add adds a line of categories.csv.
func (c *categoryRules) add(line map[string]string) {
	rule := categoryRule{
		label: Label{line["category"], line["id"], line["strength"]},
		in:    line["sign"] != "out", out: line["sign"] != "in",
	}
	rails := line["rail"]
	rails, rule.isNot = strings.CutPrefix(rails, "!")
	if rails != "" {
		rule.rails = strings.Split(rails, "|")
	}
	if c.byFirst == nil {
		c.byFirst = map[string][]phrase{}
	}
	at := len(c.rules)
	if line["words"] != "" {
		for i, group := range strings.Split(line["words"], ";") {
			if others, isOnly := strings.CutPrefix(group, "="); isOnly {
				rule.setOnly(others, line["words"])
				continue
			}
			rule.groups |= 1 << i
			c.addPhrases(group, says{at, 1 << i})
		}
	}
	c.addPhrases(line["without"], says{at, forbidden})
	c.rules, c.groups = append(c.rules, rule), append(c.groups, rule.groups)
	if rule.groups == 0 {
		c.wordless = append(c.wordless, uint8(at))
	}
}

// setOnly says that the whole text is of words of the rule and of some others.
func (rule *categoryRule) setOnly(others, words string) {
	rule.only = map[string]bool{}
	for _, list := range []string{others, words} {
		for _, word := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("|;=^$ ", r) }) {
			rule.only[word] = true
		}
	}
}

// isOnly reports whether a text is of the words of the rule, beside numbers.
func (rule *categoryRule) isOnly(words string) bool {
	if rule.only == nil {
		return true
	}
	for word := range strings.FieldsSeq(words) {
		if hasLetter(word) && !rule.only[word] && strings.Trim(word, "X0123456789") != "" {
			return false
		}
	}
	return true
}

// addPhrases adds alternatives: ^ before one stands for the beginning of the text, $ behind it for its end.
func (c *categoryRules) addPhrases(alternatives string, meaning says) {
	if alternatives == "" {
		return
	}
	for words := range strings.SplitSeq(alternatives, "|") {
		p := phrase{says: meaning}
		words, p.isHead = strings.CutPrefix(words, "^")
		words, p.isTail = strings.CutSuffix(words, "$")
		p.words = words
		first, _, _ := strings.Cut(words, " ")
		c.byFirst[first] = append(c.byFirst[first], p)
	}
}
