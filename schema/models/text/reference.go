package text

import "strings"

// isCard reports whether a word is masked digits of a card or account: XXXX1234, ...1234, *1234, XXXXXX.
func isCard(t token) bool {
	s := strings.Trim(t.text, ",:;()")
	digits := len(s) - len(strings.TrimRight(s, "0123456789"))
	masked := s[:len(s)-digits]
	for i := range len(masked) {
		if masked[i] != 'X' && masked[i] != '*' && masked[i] != '.' && masked[i] != '#' && masked[i] != '-' {
			return false
		}
	}
	if strings.Trim(masked, "#") == "" || strings.Trim(masked, "-") == "" {
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
	return digits >= 6 || digits >= 3 && digits+letters >= 8 && changes >= 2 || digits >= 4 && digits+letters >= 7
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
