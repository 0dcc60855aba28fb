package text

import (
	"fmt"
	"strings"
)

// slots are what patterns find.
const (
	noSlot = iota
	merchantSlot
	counterpartySlot
	placeSlot
	entrySlot
	memoSlot
	referenceSlot
	cardSlot
	dateSlot
	slotCount
)

var slotNames = map[string]int{
	"merchant": merchantSlot, "counterparty": counterpartySlot, "place": placeSlot, "entry": entrySlot,
	"memo": memoSlot,
}

// slotOfClass says where a word of a class is kept.
var slotOfClass = map[string]int{
	"ref": referenceSlot, "store": referenceSlot, "number": referenceSlot, "shop": referenceSlot,
	"hash": referenceSlot, "masked": cardSlot, "digit": referenceSlot, "card": cardSlot, "account": cardSlot,
	"date": dateSlot, "mmdd": dateSlot, "state": placeSlot, "zip": placeSlot,
}

// element is a part of a pattern: words, a class of one word, or a slot of several.
type element struct {
	words    []string
	is       func(token) bool
	slot     int
	many     bool
	optional bool
	label    bool // left out of the key
	sign     bool // a dash that stands alone
}

// pattern is what a phrasing looks like.
type pattern struct {
	elements []element
	first    string // the first word that must stand there, "" when it begins with a class or a slot
	required string // a word that must stand somewhere, "" when there is none
}

// parsePattern reads "POS|PIN DEBIT? <date> <merchant>".
func parsePattern(text string) (pattern, error) {
	var p pattern
	for part := range strings.FieldsSeq(text) {
		var e element
		part, e.optional = strings.CutSuffix(part, "?")
		part, e.label = strings.CutPrefix(part, "~")
		if e.sign = part == "-"; e.sign {
			p.elements = append(p.elements, e)
			continue
		}
		if !strings.HasPrefix(part, "<") {
			e.words = strings.Split(part, "|")
			if p.required == "" && !e.optional && len(e.words) == 1 {
				p.required = strings.TrimSuffix(part, ":")
			}
			if len(p.elements) == 0 && !e.optional && len(e.words) == 1 {
				p.first = part
			}
			p.elements = append(p.elements, e)
			continue
		}
		if slot, isSlot := slotNames[strings.Trim(part, "<>")]; isSlot {
			e.slot, e.many = slot, true
		} else if err := e.parseClasses(part); err != nil {
			return p, err
		}
		p.elements = append(p.elements, e)
	}
	if len(p.elements) == 0 {
		return p, fmt.Errorf("a pattern needs elements")
	}
	return p, nil
}

// parseClasses reads "<mmdd>|<date>".
func (e *element) parseClasses(text string) error {
	for part := range strings.SplitSeq(text, "|") {
		name := strings.Trim(part, "<>")
		is, known := classes[name]
		if !known {
			return fmt.Errorf("%s is no class and no slot", part)
		}
		e.slot = slotOfClass[name]
		e.label = e.label || name != "account"
		if before := e.is; before != nil {
			e.is = func(t token) bool { return before(t) || is(t) }
		} else {
			e.is = is
		}
	}
	return nil
}

// match is where the slots of a pattern lie in the tokens it was tried on: from, to.
type match struct {
	slots [slotCount][2]int
	kept  uint64 // which of the first 64 tokens belong to the key
	steps int    // tried so far
}

// mostSteps bounds the search in a text of nonsense, where a pattern with several slots has too many ways to try.
const mostSteps = 2000

// restore takes back what was found since an earlier state.
func (m *match) restore(before *match) {
	steps := m.steps
	*m = *before
	m.steps = steps
}

// find tries the pattern on all the tokens.
func (p *pattern) find(parts []token, m *match) bool {
	*m = match{}
	return find(p.elements, parts, 0, m)
}

func find(elements []element, parts []token, at int, m *match) bool {
	if m.steps++; m.steps > mostSteps {
		return false
	}
	if len(elements) > 0 && elements[0].sign {
		return at < len(parts) && parts[at].text == "-" && find(elements[1:], parts, at+1, m)
	}
	for at < len(parts) && parts[at].key == "" {
		at++
	}
	if len(elements) == 0 {
		return at == len(parts)
	}
	e := &elements[0]
	if at < len(parts) {
		if e.many {
			if findMany(elements, parts, at, m) {
				return true
			}
		} else if e.takes(parts[at]) {
			before := *m
			m.take(e, at, at+1)
			if find(elements[1:], parts, at+1, m) {
				return true
			}
			m.restore(&before)
		}
	}
	return e.optional && find(elements[1:], parts, at, m)
}

// findMany gives a slot as few words as the rest of the pattern allows; the last slot takes all that is left.
func findMany(elements []element, parts []token, at int, m *match) bool {
	e, before := &elements[0], *m
	last := len(parts)
	if e.slot == placeSlot {
		last = min(last, at+3)
	}
	from := at + 1
	if len(elements) == 1 {
		from = len(parts)
	}
	for to := from; to <= last; to++ {
		if e.slot == placeSlot && !allLetters(parts[at:to]) {
			return false
		}
		m.take(e, at, to)
		if find(elements[1:], parts, to, m) {
			return true
		}
		m.restore(&before)
	}
	return false
}

func allLetters(parts []token) bool {
	for i := range parts {
		if !isLetters(parts[i].key) {
			return false
		}
	}
	return true
}

func (e *element) takes(t token) bool {
	if e.is != nil {
		return e.is(t)
	}
	for _, word := range e.words {
		if word == t.key || word == t.text && word[len(word)-1] == ':' {
			return true
		}
	}
	return false
}

func (m *match) take(e *element, from, to int) {
	if e.slot != noSlot && m.slots[e.slot][1] == 0 {
		m.slots[e.slot] = [2]int{from, to}
	} else if e.slot == placeSlot && m.slots[placeSlot][1] == from { // AUSTIN TX 78701 is one place
		m.slots[placeSlot][1] = to
	}
	if e.label || e.slot == placeSlot || e.slot == memoSlot {
		return
	}
	for i := from; i < to && i < 64; i++ {
		m.kept |= 1 << i
	}
}

// of gives the tokens of a slot.
func (m *match) of(slot int, parts []token) []token {
	return parts[m.slots[slot][0]:m.slots[slot][1]]
}
