package text

import (
	"fmt"
	"slices"
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
	"hash": referenceSlot, "bankref": referenceSlot, "masked": cardSlot, "digit": referenceSlot, "card": cardSlot,
	"account": cardSlot,
	"date":    dateSlot, "mmdd": dateSlot, "state": placeSlot, "zip": placeSlot,
}

// element is a part of a pattern: words, a class of one word, or a slot of several.
type element struct {
	words    []string
	classes  classSet
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
	required string // a word that must stand somewhere, "" without one
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
		number := slices.IndexFunc(classes[:], func(c class) bool { return c.name == name })
		if number < 0 {
			return fmt.Errorf("%s is no class and no slot", part)
		}
		if slot := slotOfClass[name]; slot != noSlot {
			e.slot = slot
		}
		e.label = e.label || name != "account"
		e.classes |= 1 << number
	}
	return nil
}

// begin is an element of all the words and classes that the pattern may begin with: what may be missing is passed over.
func (p *pattern) begin() (all element) {
	for i := range p.elements {
		e := &p.elements[i]
		all.words = append(all.words, e.words...)
		all.classes |= e.classes
		if e.many || e.sign {
			all.classes |= anyClass
		}
		if !e.optional {
			break
		}
	}
	return all
}
