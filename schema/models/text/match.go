package text

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
	if !p.mayBegin(parts) {
		return false
	}
	*m = match{}
	return find(p.elements, parts, 0, m)
}

// mayBegin reports whether the first word may be one that the pattern begins with: most are not.
func (p *pattern) mayBegin(parts []token) bool {
	first := 0
	for first < len(parts) && parts[first].key == "" {
		first++
	}
	for i := range p.elements {
		switch e := &p.elements[i]; {
		case e.sign || e.many:
			return true
		case first < len(parts) && e.takes(&parts[first]):
			return true
		case !e.optional:
			return false
		}
	}
	return true
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
		} else if e.takes(&parts[at]) {
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
		if !isTownWord(parts[i].key) {
			return false
		}
	}
	return true
}

func (e *element) takes(t *token) bool {
	if e.classes != 0 {
		return t.isOf(e.classes)
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

// railOf finds how the money moved by words that stand anywhere in a text.
func railOf(parts []token) string {
	best := ""
	bestRank := len(railOrder)
	for i := range parts {
		candidates := rules().rails.byFirst[parts[i].key]
		for j := range candidates {
			rank, ranked := railOrder[candidates[j].rail]
			if !ranked || rank >= bestRank {
				continue
			}
			if candidates[j].pattern.begins(parts[i:]) {
				best, bestRank = candidates[j].rail, rank
			}
		}
	}
	return best
}

// railOrder says which rail wins where words of several stand in a text.
var railOrder = map[string]int{"fee": 0, "zelle": 1, "p2p_app": 2, "atm": 3, "wire": 4, "check": 5, "ach": 6, "card": 7}

// begins reports whether tokens begin with what the pattern says.
func (p *pattern) begins(parts []token) bool {
	var m match
	for to := 1; to <= min(len(parts), len(p.elements)+2); to++ {
		if p.find(parts[:to], &m) {
			return true
		}
	}
	return false
}
