package text

import (
	"slices"
	"strings"
)

// mostRules is how many rules a stage may have: what their phrases say in a text lies in an array.
const mostRules = 96

// wording is what rules of categories are held against: the text, the name in it, and how the money moved. What their
// phrases say in it is found once, for money that comes in and for money that goes out.
type wording struct {
	whole, name, rail string
	isBookmaker       bool // a merchant that is known takes stakes
	found             [stageCount]hits
	isFound           [stageCount]bool
	inside            string // category of a merchant whose name stands somewhere in the text
	isInsideKnown     bool
}

// person stands before a text that names a person who is paid or pays. What is written beside such a payment is that
// person's word, and no bank's: rules may be void behind it.
const person = "person "

func (r *Reading) wording(w *wording) {
	w.whole, w.name, w.rail = Alias(parted(r.Folded)), withoutStreet(r.withoutMaryland(Alias(r.Merchant))), r.Rail
	if r.Rail == "zelle" && r.Counterparty != "" {
		w.whole = person + w.whole
	}
	w.isBookmaker = r.Category == "fun.gambling"
}

// withoutMaryland is a name without the state of Maryland behind it, which is no doctor: behind a phone, and behind a
// town that no table knows in a bank's phrasing of a payment by card.
func (r *Reading) withoutMaryland(name string) string {
	rest, found := strings.CutSuffix(name, " MD")
	if !found || rest == "" || !isDigit(rest[len(rest)-1]) && (r.Rail != "card" || r.Template == "" || r.Place != "") {
		return name
	}
	return rest
}

// directions are words between the number of a house and its street.
var directions = map[string]bool{
	"N": true, "S": true, "E": true, "W": true, "NORTH": true, "SOUTH": true, "EAST": true, "WEST": true,
}

// withoutStreet is a name without the street that a bank prints behind it, which is called by words that say what shops
// sell: ALL INDIA CAFE 39 S FAIR OAKS A.
func withoutStreet(name string) string {
	for at := strings.IndexByte(name, ' '); at > 0 && at < len(name); {
		number, rest, _ := strings.Cut(name[at+1:], " ")
		direction, street, _ := strings.Cut(rest, " ")
		if len(number) > 1 && len(number) < 6 && allDigits(number) && directions[direction] && street != "" {
			return name[:at]
		}
		at += 1 + len(number)
	}
	return name
}

// words are those that the rules of a stage are about.
func (w *wording) words(stage int) string {
	if stage == byName {
		return w.name
	}
	return w.whole
}

// hits are what the phrases of a stage say.
func (w *wording) hits(stage int) *hits {
	found := &w.found[stage]
	if !w.isFound[stage] {
		rules().categories[stage].find(w.words(stage), found)
		w.isFound[stage] = true
	}
	return found
}

// find is the label of the first rule of a stage that the words and the rail fit; of rules by names that of the last
// word, which says what a shop is: LUCKY GARDEN CAFE. What is left of a word that was cut off counts only where no
// whole one does.
func (w *wording) find(stage int, isIn bool) Label {
	c, words := &rules().categories[stage], w.words(stage)
	best := c.best(w.hits(stage), words, w.rail, isIn)
	if best < 0 && c.byLast {
		if best = c.ofStump(words); best >= 0 && !c.rules[best].fits(w.rail, isIn) {
			best = -1
		}
	}
	if best < 0 {
		return Label{}
	}
	return c.rules[best].label
}

// ofLastWord is the label of the rule of which a phrase ends the name.
func (w *wording) ofLastWord() Label {
	c, found := &rules().categories[byName], w.hits(byName)
	if best := c.best(found, w.name, w.rail, false); best >= 0 && int(found.of[best].end) == len(w.name) {
		return c.rules[best].label
	}
	return Label{}
}

// best is the rule of the hits, -1 without one: the first that fits, or of rules by the last word the one that ends
// last.
func (c *categoryRules) best(found *hits, words, rail string, isIn bool) int {
	best := -1
	for _, list := range [2][]uint8{c.wordless, found.touched[:found.count]} {
		for _, touched := range list {
			i := int(touched)
			if found.of[i].groups != c.groups[i] || best >= 0 && !c.goesBefore(i, best, found) {
				continue
			}
			if rule := &c.rules[i]; rule.fits(rail, isIn) && rule.isOnly(words) {
				best = i
			}
		}
	}
	return best
}

// goesBefore reports whether a rule wins over another one that fits.
func (c *categoryRules) goesBefore(i, best int, found *hits) bool {
	if end, last := found.of[i].end, found.of[best].end; c.byLast && end != last {
		return end > last
	}
	return i < best
}

// hit is what words say for a rule: which of its groups they hold, and where the last of them ends.
type hit struct {
	groups uint8
	end    uint16
}

// hits are what words say for the rules of a stage, and for which of them they say something: for few.
type hits struct {
	of      [mostRules]hit
	touched [mostRules]uint8
	count   int
}

// find finds the phrases that stand in the words.
func (c *categoryRules) find(words string, found *hits) {
	for at := 0; at < len(words); {
		end := at + strings.IndexByte(words[at:], ' ')
		if end < at {
			end = len(words)
		}
		phrases := c.byFirst[words[at:end]]
		for i := range phrases {
			if p := &phrases[i]; p.stands(words, at) {
				found.add(p.says, at+len(p.words))
			}
		}
		at = end + 1
	}
}

func (h *hits) add(said says, end int) {
	of := &h.of[said.rule]
	if of.groups == 0 {
		h.touched[h.count] = uint8(said.rule)
		h.count++
	}
	of.groups |= said.groups
	of.end = max(of.end, uint16(min(end, 1<<16-1)))
}

// stands reports whether the phrase stands in the words, from a place on.
func (p *phrase) stands(words string, at int) bool {
	rest, found := strings.CutPrefix(words[at:], p.words)
	return found && (rest == "" || rest[0] == ' ') && (!p.isHead || at == 0) && (!p.isTail || rest == "")
}

// fits reports whether a rule is for money that moves in this way.
func (rule *categoryRule) fits(rail string, isIn bool) bool {
	return (rule.in && isIn || rule.out && !isIn) && rule.fitsRail(rail)
}

func (rule *categoryRule) fitsRail(rail string) bool {
	return len(rule.rails) == 0 || slices.Contains(rule.rails, rail) != rule.isNot
}
