package text

import "strings"

// token is a word of a text: as it stands there, and without the signs around it, which is empty for signs alone.
type token struct {
	text, key string
	tried, of classSet // classes it was held against, and those it is of
}

const signs = " .,:;-/|#*()[]{}<>\"_=!?@$%^~\\"

func newToken(text string) token {
	if isWordByte(text[0]) && isWordByte(text[len(text)-1]) {
		return token{text: text, key: text}
	}
	return token{text: text, key: trimBytes(text, signs)}
}

// trimBytes is strings.Trim, of ASCII characters, for texts that seldom have one of them: it makes no table of them.
func trimBytes(s, cut string) string {
	for s != "" && strings.IndexByte(cut, s[0]) >= 0 {
		s = s[1:]
	}
	for s != "" && strings.IndexByte(cut, s[len(s)-1]) >= 0 {
		s = s[:len(s)-1]
	}
	return s
}

// tokens splits a folded text at its spaces, behind a label's colon or =, before # and digits, and
// before the number of a ticket that hangs at a name.
func tokens(folded string) []token {
	found := make([]token, 0, 12)
	for len(folded) > 0 {
		word, rest, _ := strings.Cut(folded, " ")
		folded = rest
		for len(word) > 0 {
			at := splitAt(word)
			found = append(found, newToken(word[:at]))
			word = word[at:]
		}
	}
	return found
}

// splitAt is where the first token of a word ends.
func splitAt(word string) int {
	if len(word) > 5 && isDigit(word[0]) && word[2] == '/' {
		if at := gluedDate(word); at > 0 {
			return at
		}
	}
	for i := 1; i < len(word)-1; i++ {
		if word[i] > '=' { // a letter, as most are
			continue
		}
		switch {
		case word[i] == ':' && isLetters(word[:i]) && word[i+1] != '/' && word[0] != 'X':
			return i + 1
		case word[i] == '#' && isUpper(word[i-1]) && (isDigit(word[i+1]) || word[i+1] == ':'):
			return i
		case word[i] == '#' && isLetters(word[:i]):
			return i + 1
		case word[i] == '=' && isLetters(word[:i]):
			return i + 1
		case i > 2 && isDigit(word[i]) && len(word)-i > 6 && isLetters(word[:i]) && allDigits(word[i:]):
			return i // AIR0012904725
		}
	}
	return len(word)
}

// gluedDate is where a name begins that hangs at a date: 11/02/26CORNER DELI.
func gluedDate(word string) int {
	for _, at := range [2]int{8, 5} {
		if len(word) > at+2 && isUpper(word[at]) && isDate(newToken(word[:at])) {
			return at
		}
	}
	return 0
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }

func isLetters(s string) bool {
	for i := range len(s) {
		if !isUpper(s[i]) {
			return false
		}
	}
	return len(s) > 0
}

// join puts tokens together again.
func join(parts []token) string {
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0].text
	}
	size := len(parts)
	for _, part := range parts {
		size += len(part.text)
	}
	joined := make([]byte, 0, size)
	for i, part := range parts {
		if i > 0 {
			joined = append(joined, ' ')
		}
		joined = append(joined, part.text...)
	}
	return string(joined)
}

// trimmed is tokens without signs alone at either end.
func trimmed(parts []token) []token {
	for len(parts) > 0 && parts[0].key == "" && !strings.HasPrefix(parts[0].text, "*") {
		parts = parts[1:]
	}
	for len(parts) > 0 && parts[len(parts)-1].key == "" {
		parts = parts[:len(parts)-1]
	}
	return parts
}

func anyLetter(parts []token) bool {
	for _, part := range parts {
		if hasLetter(part.key) {
			return true
		}
	}
	return false
}
