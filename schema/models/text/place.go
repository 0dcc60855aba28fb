package text

import (
	"slices"
	"strings"
)

// placeAt counts the tokens of a town with its state that the tokens begin with, and of a ZIP code and US behind it.
func (s *ruleSet) placeAt(parts []token) int {
	var at [48]byte
	key := at[:0]
	for i := 0; i < min(len(parts), 5); i++ {
		word := parts[i].key
		if i > 0 && parts[i].text == "*" { // AUSTIN * TX
			continue
		}
		if len(key)+len(word) > 40 || !isTownWord(word) && !isStateWord(word) {
			return 0
		}
		if i > 0 {
			key = append(key, ' ')
		}
		if i > 0 && isStateWord(word) {
			key[len(key)-1] = ','
			if _, known := s.places.line(string(append(key, word[:2]...))); known {
				return i + 1 + behindPlace(parts[i+1:])
			}
			key[len(key)-1] = ' '
		}
		key = append(key, word...)
	}
	return 0
}

// isStateWord reports whether a word is a state, as some banks print it with the country and a ZIP code: TX, TXUS,
// TXUS78701.
func isStateWord(word string) bool {
	if !isState(word) {
		return false
	}
	return len(word) == 2 || strings.HasPrefix(word[2:], "US") && (len(word) == 4 || allDigits(word[4:]))
}

func isTownWord(word string) bool {
	for i := range len(word) {
		if !isUpper(word[i]) && word[i] != '.' && word[i] != '\'' && word[i] != '-' {
			return false
		}
	}
	return word != ""
}

// behindPlace counts what belongs to a place behind its state.
func behindPlace(parts []token) int {
	count := 0
	if count < len(parts) && isZip(parts[count]) {
		count++
	}
	if count < len(parts) && (parts[count].key == "US" || parts[count].key == "USA") {
		count++
	}
	return count
}

// partTowns parts a town from the number of a shop that a full field leaves no space behind: 6736HOUSTON TX.
func partTowns(parts []token) []token {
	for i := 1; i < len(parts)-1; i++ {
		town := strings.TrimLeft(parts[i].key, "0123456789")
		number := len(parts[i].key) - len(town)
		if number < 3 || len(town) < 4 || !isLetters(town) {
			continue
		}
		tail := append([]token{newToken(town)}, parts[i+1:]...)
		if rules().placeAt(tail) > 0 {
			at := len(parts[i].text) - len(town)
			return append(append(slices.Clone(parts[:i]), newToken(parts[i].text[:at])), tail...)
		}
	}
	return parts
}

// partedField is a text with a space where the field of a name ends that leaves none before a town, which is all that
// stands behind it: APLPAY THE UPS STORETEMPE AZ. Issuers of cards have 20 letters for a name, or 25.
func partedField(folded string) string {
	if strings.HasPrefix(folded, "FRGN TRANS FEE-") {
		return "FRGN TRANS FEE " + folded[15:]
	}
	if before, card, found := strings.Cut(folded, " - CARD ENDING IN "); found {
		return partedCountry(before) + " CARD ENDING IN " + card
	}
	if before, found := strings.CutSuffix(folded, " - CASH APP CARD"); found {
		return before + " CASH APP CARD"
	}
	if last := len(folded) - 15; last > 3 && folded[last-1] == ' ' && isState(folded[last+13:]) &&
		isUpper(folded[last+12]) && rules().isPlace(folded[last:last+13]+" "+folded[last+13:]) {
		return folded[:last+13] + " " + folded[last+13:] // KITCHEN SALT LAKE CITUT
	}
	widths := [2]int{20, 25}
	if strings.HasPrefix(folded, "DEBIT PURCHASE -VISA ") {
		widths = [2]int{37, 37}
	}
	for _, width := range widths {
		last := len(folded) - 3
		if last < width+3 || last > width+22 || folded[last] != ' ' || !isState(folded[last+1:]) {
			continue
		}
		if end := folded[width-1]; !isUpper(end) && !isDigit(end) || !isUpper(folded[width]) ||
			!isFieldOfTown(folded[width:last]) {
			continue
		}
		word := strings.LastIndexByte(folded[:width], ' ') + 1
		if set := rules(); set.isPlace(folded[width:]) && !set.isPlace(folded[word:]) {
			return folded[:width] + " " + folded[width:]
		}
	}
	return folded
}

// partedCountry is a text with a town apart from the state and the country that stand behind the thirteen letters of
// its field: DRIPPING SPRITXUS.
func partedCountry(folded string) string {
	last := len(folded) - 4
	if last < 1 || !strings.HasSuffix(folded, "US") || !isState(folded[last:last+2]) || !isUpper(folded[last-1]) {
		return folded
	}
	return folded[:last] + " " + folded[last:]
}

func isFieldOfTown(town string) bool {
	for i := range len(town) {
		if town[i] != ' ' && !isUpper(town[i]) {
			return false
		}
	}
	return true
}

// isPlace reports whether a text is a town with its state, and nothing else.
func (s *ruleSet) isPlace(text string) bool {
	parts := tokens(text)
	return s.placeAt(parts) == len(parts)
}

// streets are the words that streets' names end in.
var streets = map[string]bool{
	"ST": true, "STREET": true, "AVE": true, "AVENUE": true, "AV": true, "RD": true, "ROAD": true, "BLVD": true,
	"DR": true, "DRIVE": true, "HWY": true, "HIGHWAY": true, "PKWY": true, "PARKWAY": true, "WAY": true,
	"LANE": true, "LN": true, "PLZ": true, "PLAZA": true, "PL": true, "PLACE": true, "CT": true, "PIKE": true,
	"TURNPIKE": true, "TPKE": true, "FWY": true, "CIR": true,
}

// isQuarter reports whether a word stands before a street's name or behind it: N, SW.
func isQuarter(word string) bool {
	return len(word) > 0 && len(word) < 3 && strings.Trim(word, "NESW.") == ""
}

// isOrdinal reports whether a word is a numbered street's: 166TH.
func isOrdinal(word string) bool {
	digits := strings.TrimRight(word, "STNDRH")
	return len(word) == len(digits)+2 && allDigits(digits)
}

// isBeforeCard reports whether a text ends as credit unions write it: - CARD ENDING IN 1234.
func isBeforeCard(folded string) bool {
	return strings.HasSuffix(folded[:max(0, len(folded)-5)], "- CARD ENDING IN")
}

// cutStreet takes off the number of a house, its street and the town: CORNER DELI 123 N MAIN ST AUSTIN TX. Credit
// unions print it before what the card ends in, where a town that the tables do not know, or is cut, may be behind it.
func (r *Reading) cutStreet(parts []token) []token {
	for at := 1; at < len(parts)-2; at++ {
		if number := parts[at].key; len(number) < 2 || len(number) > 5 || !allDigits(number) || !anyLetter(parts[:at]) {
			continue
		}
		for to := at + 1; to < min(at+6, len(parts)); to++ {
			word := parts[to].key
			isStreet := to > at+1 && streets[word] || to == at+1 && (isQuarter(word) || isOrdinal(word))
			if isStreet && (isBeforeCard(r.Folded) || rules().endsInPlace(parts[to+1:])) {
				r.keepPlace(parts[at:])
				return parts[:at]
			}
		}
	}
	return parts
}

// cutAddress takes off a whole address, as issuers of cards print it: 123 MAIN STREET SAN FRANCISCO 94110 CA USA. It
// begins with the last number before the ZIP code.
func (r *Reading) cutAddress(parts []token) []token {
	last := len(parts) - 1
	if cut := r.cutStreet(parts); len(cut) < len(parts) {
		return cut
	}
	if last < 5 || parts[last].key != "USA" || !isStateWord(parts[last-1].key) || !isZip(parts[last-2]) {
		return parts
	}
	for at := last - 3; at > 0 && last-at < 12; at-- {
		if !allDigits(parts[at].key) || len(parts[at].key) > 5 {
			continue
		}
		if last-2-at < 3 || !anyLetter(parts[:at]) {
			return parts
		}
		r.keepPlace(parts[at:])
		return parts[:at]
	}
	return parts
}
