package text

import "strings"

// ofField looks up a merchant whose name is cut off where its field ends. Of the clearing house what is left of the
// text is that name, or the field stands first and ends inside a word: CAPITAL ONE AUTO PYMT is no loan for a car.
func (r *Reading) ofField(named string) *merchant {
	n, isClearing := rules().names, r.Rail == "ach" || r.hasPayer
	if !isClearing && len(named) == fieldLength {
		return nil
	}
	found := n.ofField(named, false)
	if found != nil || !isClearing || len(r.Folded) <= fieldLength || r.Folded[fieldLength] != ' ' {
		return found
	}
	return n.ofField(r.Folded[:fieldLength], true)
}

// fieldLength is how many letters the clearing house has for the name of a company: WELLS FARGO HOME DES:MTG PYMTS.
const fieldLength = 16

// cardLengths are those of processors, and of banks that issue cards.
var cardLengths = map[int]bool{22: true, 25: true}

// ofField finds the merchant whose name fills the field for it, and is cut off there: in that of the clearing house
// perhaps behind a word, and in those for cards inside one. All names that begin so are its.
func (n *names) ofField(name string, insideWord bool) *merchant {
	last, isCard := name[strings.LastIndexByte(name, ' ')+1:], cardLengths[len(name)]
	switch {
	case len(name) != fieldLength && !isCard, last == "", len(last) == len(name):
		return nil
	case isCard && n.isWhole(last): // ELECTRIC CO
		return nil
	}
	insideWord = insideWord || isCard
	key, words, lacksWord := "", Alias(name), false
	for line := range strings.Lines(n.aliases.beginning(words)) {
		written, rest, _ := strings.Cut(line, ",")
		other, kind, _ := strings.Cut(strings.TrimRight(rest, "\n"), ",")
		behind := written[len(words):]
		if key != "" && key != other || insideWord && (behind == "" || behind[0] == ' ') {
			return nil
		}
		key, lacksWord = other, lacksWord || surenesses[kind] != madeUp && strings.Contains(behind, " ")
	}
	if key == "" {
		return nil
	}
	found := n.merchant(alias{key: key})
	if lacksWord && !isCard && !isBilled(found.category) { // AMERICAN NATIONAL UNIVERSITY, or a bank
		return nil
	}
	return found
}

// isBilled reports whether most of what a merchant of a category gets comes by the clearing house.
func isBilled(category string) bool {
	switch group, _, _ := strings.Cut(category, "."); group {
	case "fin_out", "xfer", "housing", "utilities", "income", "gov":
		return true
	}
	return category == "services.insurance"
}
