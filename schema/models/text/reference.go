package text

import "strings"

// isCard reports whether a word is masked digits of a card or account: XXXX1234, ...1234, *1234, XXXXXX.
func isCard(t token) bool {
	s := trimBytes(t.text, ",:;()")
	digits := 0
	for digits < len(s) && isDigit(s[len(s)-1-digits]) {
		digits++
	}
	masked := s[:len(s)-digits]
	for i := range len(masked) {
		if masked[i] != 'X' && masked[i] != '*' && masked[i] != '.' && masked[i] != '#' && masked[i] != '-' {
			return false
		}
	}
	if trimBytes(masked, "#") == "" || trimBytes(masked, "-") == "" {
		return len(masked) >= 3 && digits >= 3
	}
	return digits >= 3 && digits <= 6 || digits == 0 && len(masked) >= 4 && strings.Count(masked, "X") >= 4
}

// isReference reports whether a word is a mark of one movement: long digits, or digits and letters mixed.
func isReference(t token) bool {
	digits, letters, changes := 0, 0, 0
	for i := range len(t.key) {
		switch c := t.key[i]; {
		case isDigit(c):
			digits++
			if i > 0 && isUpper(t.key[i-1]) {
				changes++
			}
		case isUpper(c):
			letters++
			if i > 0 && isDigit(t.key[i-1]) {
				changes++
			}
		case c != '-' && c != '_' && c != '.':
			return false
		}
	}
	switch {
	case digits == 0:
		return false
	case letters == 0:
		return digits >= 5
	}
	return digits >= 6 || digits >= 3 && digits+letters >= 8 && changes >= 2 || digits >= 4 && digits+letters >= 7 ||
		digits >= 2 && digits+letters >= 10 && changes >= 2
}

// isBankReference reports whether a word is what Zelle numbers a payment with: the letters of a bank and nine signs
// that are drawn, of which one in five has no digit: USBABCDEFGHI. No name begins with such letters; those with which
// some do are left out.
func isBankReference(key string) bool {
	if len(key) != 12 || !isMixed(key) && !isLetters(key) {
		return false
	}
	switch key[:3] {
	case "USB", "JPM", "WFC", "CTI", "BBT", "TFC", "MTB", "H50", "PNC", "NFC":
		return true
	}
	return false
}

// isCode reports whether a word is what a terminal prints: P00123, S586307.
func isCode(t token) bool {
	number := strings.TrimLeft(t.key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	return len(t.key)-len(number) <= 2 && len(number) >= 3 && allDigits(number)
}

// isStore reports whether a word is the number of a shop: #412, 00123, T-1234.
func isStore(t token) bool {
	number := strings.ReplaceAll(t.key, "-", "")
	if strings.HasPrefix(t.text, "#") {
		return number != "" && isDigit(number[len(number)-1])
	}
	if strings.HasPrefix(number, "T") && strings.HasPrefix(t.key, "T-") {
		number = number[1:]
	}
	return len(number) >= 2 && len(number) <= 9 && allDigits(number)
}

// aroundRetry finds a name behind which a bank says that a payment is presented again, before what is paid:
// PROGRESSIVE RETRY PYMT INS PREM.
func (n *names) aroundRetry(name string, hasSign bool) *merchant {
	if !strings.Contains(name, "RETRY") {
		return nil
	}
	words := Alias(name)
	for _, retry := range []string{" RETRY PYMT ", " RETRY PMT ", " RETRY PAYMENT "} {
		if before, behind, found := strings.Cut(words, retry); found {
			return n.find(before+" "+behind, hasSign)
		}
	}
	return nil
}

// aroundCode finds a name of two words or more, or one that is made up, with a short reference inside it or behind it:
// PEACOCK 1A2B3 PREMIUM. Letters alone are one where five stand before the name of a plan.
func (n *names) aroundCode(name string) *merchant {
	if !strings.ContainsAny(name, "0123456789") && !strings.Contains(name, "PREMI") {
		return nil
	}
	words := strings.Fields(Alias(name))
	if len(words) < 2 || len(words) > 6 {
		return nil
	}
	last := len(words) - 1
	if last > 1 && len(words[last]) == 2 && isState(words[last]) { // PEACOCK 1A2B3 PREMIUM NY
		words = words[:last]
		last--
	}
	if whole := n.cutWords[words[last]]; whole != "" {
		words[last] = whole
	}
	kept := words[:1:1]
	for i, word := range words[1:] {
		isPlan := i+2 == len(words)-1 && words[last] == "PREMIUM"
		if !isShortCode(word) && (!isPlan || len(word) != 5) {
			kept = append(kept, word)
		}
	}
	if len(kept) == len(words) {
		return nil
	}
	a, known := n.lookup(strings.Join(kept, " "))
	if !known || a.sureness != madeUp && len(kept) < 2 {
		return nil
	}
	return n.merchant(a)
}

// isShortCode reports whether a word is of digits and letters mixed that stand for one payment: F611T, HVC43BW.
func isShortCode(word string) bool {
	return len(word) >= 5 && len(word) <= 12 && isMixed(word)
}

// besideRefund finds a name before or behind a word that says that a purchase was given back: REFUND IKEA 493172236.
// Who gives it back is a shop.
func (n *names) besideRefund(name string) *merchant {
	if !strings.Contains(name, "REFUND") && !strings.Contains(name, "RETURN") {
		return nil
	}
	words := Alias(name)
	for _, refund := range []string{"REFUND", "RETURN"} {
		if rest, found := strings.CutPrefix(words, refund+" "); found {
			return n.find(strings.TrimPrefix(rest, "FROM "), true)
		}
		if rest, found := strings.CutSuffix(words, " "+refund); found {
			return n.find(rest, true)
		}
	}
	return nil
}

// behindItself finds a name that is printed twice, the first time as far as its field goes: FRED-MEYE FRED-MEYER, THE
// HOME THE HOME DEPO. Terminals that ask for a number print both.
func (n *names) behindItself(name string) *merchant {
	if len(name) < 7 || !strings.Contains(name[3:], name[:3]) {
		return nil
	}
	words := Alias(name)
	for end := strings.IndexByte(words, ' '); end > 0 && end < len(words); {
		first, second := words[:end], words[end+1:]
		if len(first) > 2 && (strings.HasPrefix(second, first) || strings.HasPrefix(first, second+" ")) {
			return n.find(second, true)
		}
		next := strings.IndexByte(words[end+1:], ' ')
		if next < 0 {
			break
		}
		end += 1 + next
	}
	return nil
}
