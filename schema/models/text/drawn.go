package text

import "strings"

// withoutCodes is a name that no table knows without what is drawn for each payment, which stands behind its first
// word: MERIDIAN KY2L6 PREMIUM, MERIDIAN*522185 CARE, MERIDIANPAY011986. What is left has to tell the merchant.
func withoutCodes(merchant string) string {
	behindStar := ""
	if at := strings.IndexByte(merchant, '*'); at > 3 {
		behindStar, _, _ = strings.Cut(merchant[at+1:], " ")
		merchant = merchant[:at] + " " + merchant[at+1:]
	}
	parts := tokens(merchant)
	kept := make([]token, 0, len(parts))
	for i := range parts {
		part := parts[i]
		if name := withoutNumber(part.key); name != part.key {
			part = newToken(name)
		}
		if i > 0 && (isDrawnAt(parts, i) || part.key == behindStar && isDrawn(behindStar)) {
			continue
		}
		kept = append(kept, part)
	}
	if !rules().names.isSpecific(kept) {
		return merchant
	}
	return join(trimmed(kept))
}

// isDrawnAt reports whether a word behind the first one stands for one payment: a long number, letters and digits
// mixed, and before the name of a plan also a month or letters without a vowel.
func isDrawnAt(parts []token, at int) bool {
	word := parts[at].key
	isPlan := at == len(parts)-2 && isPlan(parts[at+1].key)
	switch {
	case rules().names.rails[parts[at-1].key]: // of a machine
		return false
	case len(word) >= 5 && allDigits(word) && parts[at].text[0] != '#':
		return true
	case isDrawnMixed(word) && (len(word) >= 8 || isPlan):
		return true
	case isPlan && (months[word] || len(word) >= 5 && isLetters(word) && !hasVowel(word)):
		return true
	}
	return (isPlan || at == len(parts)-1) && isShortCode(word) && len(word) >= 6 && !isCard(parts[at]) &&
		(changesOf(word) > 1 || !hasVowel(word))
}

// plans are words that stand behind the name of what is paid for every month.
var plans = map[string]bool{
	"PREMIUM": true, "PLUS": true, "PRO": true, "BASIC": true, "STANDARD": true, "FAMILY": true, "MONTHLY": true,
	"SUBSCRIPTION": true, "SUBSCR": true, "MEMBERSHIP": true, "PLAN": true, "DUES": true, "BILLING": true,
}

// isPlan reports whether a word is the name of a plan, whole or cut off: SUBSCRIPTI, MEMBERSH.
func isPlan(word string) bool {
	if plans[word] {
		return true
	}
	for plan := range plans {
		if len(word) > 4 && strings.HasPrefix(plan, word) {
			return true
		}
	}
	return false
}

// months are how banks and merchants write them in a name.
var months = map[string]bool{
	"JAN": true, "FEB": true, "MAR": true, "APR": true, "MAY": true, "JUN": true, "JUL": true, "AUG": true,
	"SEP": true, "SEPT": true, "OCT": true, "NOV": true, "DEC": true,
}

// withoutNumber cuts off a number of five digits or more that hangs at a word of four letters or more, and one of four
// before a dash: MERIDIANPAY011986, 4821-MERIDIAN.
func withoutNumber(word string) string {
	if number, name, isJoined := strings.Cut(word, "-"); isJoined && len(number) > 3 &&
		allDigits(number) && hasLetter(name) {
		return name
	}
	letters := strings.TrimRight(word, "0123456789")
	if len(letters) < 4 || len(word)-len(letters) < 5 || !isLetters(letters) {
		return word
	}
	return letters
}

// beforeCode finds a made-up name of six letters or more at which a code hangs that begins with a digit: NYCTAXI9V31.
func (n *names) beforeCode(parts []token) *merchant {
	if len(parts) == 0 || !isMixed(parts[0].key) {
		return nil
	}
	letters := 0
	for isUpper(parts[0].key[letters]) {
		letters++
	}
	a, known := n.lookup(parts[0].key[:letters])
	if behind := strings.TrimLeft(parts[0].key[letters:], "0123456789"); !known && behind != "" { // MURPHY7643ATWALMART
		a, known = n.lookup(parts[0].key[:letters] + behind)
	}
	if letters < 6 || len(parts[0].key)-letters < 3 || !known || a.sureness != madeUp {
		return nil
	}
	return n.merchant(a)
}

// isDrawnMixed reports whether letters and two digits or more change twice or oftener in a word of five signs or more:
// WAY2SAVE is a name.
func isDrawnMixed(word string) bool {
	digits := 0
	for i := range len(word) {
		switch {
		case isDigit(word[i]):
			digits++
		case !isUpper(word[i]):
			return false
		}
	}
	return len(word) >= 5 && changesOf(word) > 1 && digits > 1
}

// isDrawn reports whether letters are drawn, as in AUDIBLE*WRDUFVYRM, and make no word: none is a vowel, five
// consonants stand in a row, or one letter in four at most is a vowel.
func isDrawn(letters string) bool {
	if !isLetters(letters) || len(letters) < 5 {
		return false
	}
	run, longest, vowels := 0, 0, 0
	for i := range len(letters) {
		run++
		if strings.IndexByte("AEIOU", letters[i]) >= 0 {
			run, vowels = 0, vowels+1
		}
		longest = max(longest, run)
	}
	return !hasVowel(letters) || len(letters) >= 7 && (longest > 4 || 4*vowels <= len(letters))
}

// changesOf counts how often a digit follows a letter in a word, or a letter a digit.
func changesOf(word string) (changes int) {
	for i := 1; i < len(word); i++ {
		if isDigit(word[i]) != isDigit(word[i-1]) {
			changes++
		}
	}
	return changes
}

func hasVowel(word string) bool { return strings.ContainsAny(word, "AEIOUY") }

// behindCodes finds a name that the tables have behind words of banks and codes that no phrasing has taken off.
func (r *Reading) behindCodes(parts []token) *merchant {
	set, isCoded := rules(), false
	for i := range parts {
		key := parts[i].key
		switch {
		case key == "":
		case set.heads.kinds[key] != noHead, set.names.rails[key]:
		case isDate(parts[i]), isCard(parts[i]), isMovement(parts[i]), allDigits(key), isDrawnMixed(key):
			isCoded = true
		case i == 0 && len(parts) > 2 && isMovement(parts[1]): // a word of banks that no table knows
		case !isCoded:
			return nil
		default:
			return set.names.find(join(parts[i:]), r.sign())
		}
	}
	return nil
}

// isMovement reports whether a word before a name numbers one movement: five digits or more, or eight signs or more
// that are letters and digits mixed. 1800FLOWERS and PIER1IMPORTS are names.
func isMovement(t token) bool {
	if allDigits(t.key) {
		return len(t.key) >= 5
	}
	if len(t.key) < 8 || !isMixed(t.key) || withoutNumber(t.key) != t.key {
		return false
	}
	letters, vowels, digits := 0, 0, 0
	for i := range len(t.key) {
		switch {
		case isDigit(t.key[i]):
			digits++
		case strings.IndexByte("AEIOU", t.key[i]) >= 0:
			vowels++
			letters++
		default:
			letters++
		}
	}
	return digits > 5 || 4*vowels <= letters || isDrawnMixed(t.key)
}

// isMixed reports whether a word is of letters and digits and nothing else.
func isMixed(word string) bool {
	return hasLetter(word) && strings.ContainsAny(word, "0123456789") &&
		strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
