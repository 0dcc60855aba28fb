package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Normal is a text in one spelling: capitals, composed accents, full-width letters as narrow ones, straight quotes and
// dashes, no invisible characters, single spaces. Every letter of every script stays.
func Normal(s string) string {
	if isPlain(s) {
		return plainNormal(s)
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = norm.NFC.String(width.Fold.String(strings.Map(visible, s)))
	s = strings.Map(straight, strings.ToUpper(s))
	return strings.Join(strings.FieldsFunc(s, isSpace), " ")
}

// isPlain reports whether a text has printable ASCII characters alone.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// plainNormal is Normal of a plain text. It makes no copy of one that is normal already.
func plainNormal(s string) string {
	s = strings.Trim(strings.ReplaceAll(s, "`", "'"), " ")
	if !strings.Contains(s, "  ") {
		return strings.ToUpper(s)
	}
	return strings.ToUpper(strings.Join(strings.Fields(s), " "))
}

// visible leaves out format characters and selectors of variants.
func visible(r rune) rune {
	if unicode.Is(unicode.Cf, r) || r >= 0xFE00 && r <= 0xFE0F {
		return -1
	}
	return r
}

// straight turns printed quotes and dashes into those of a keyboard, and ß into its capital.
func straight(r rune) rune {
	switch r {
	case '’', '‘', 'ʼ', '`', '´':
		return '\''
	case '‐', '‑', '‒', '–', '—', '−':
		return '-'
	case '“', '”':
		return '"'
	case 'ß':
		return 'ẞ'
	}
	return r
}

func isSpace(r rune) bool {
	return unicode.Is(unicode.Z, r) || unicode.Is(unicode.Cc, r) || r == utf8.RuneError
}

// foldings are letters without a decomposition, by what banks print for them.
var foldings = strings.NewReplacer("ẞ", "SS", "Æ", "AE", "Œ", "OE", "Ø", "O", "Ł", "L", "Đ", "D", "Ð", "D", "Þ", "TH",
	"Ħ", "H", "Ŧ", "T", "Ё", "Е")

// Fold takes the marks off Latin and Greek letters: CAFÉ and CAFE are one merchant. In other scripts a mark makes
// another letter, and stays.
func Fold(normal string) string {
	if isPlain(normal) {
		return normal
	}
	var folded strings.Builder
	hasMarks := true // of the letter before
	for _, r := range norm.NFD.String(foldings.Replace(normal)) {
		if unicode.Is(unicode.Mn, r) && !hasMarks {
			continue
		}
		if !unicode.Is(unicode.Mn, r) {
			hasMarks = !unicode.Is(unicode.Latin, r) && !unicode.Is(unicode.Greek, r)
		}
		folded.WriteRune(r)
	}
	return norm.NFC.String(folded.String())
}

// Words is a text with its letters, digits, &, + and ' alone, in single spaces.
func Words(s string) string {
	if isWords(s) {
		return s
	}
	if isPlain(s) {
		return plainWords(s)
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !isWordRune(r) }), " ")
}

// isWords reports whether a text has what Words leaves, and nothing else.
func isWords(s string) bool {
	isBehind := true // a space, or nothing
	for i := range len(s) {
		isBlank := s[i] == ' '
		if !isBlank && !isWordByte(s[i]) || isBlank && isBehind {
			return false
		}
		isBehind = isBlank
	}
	return !isBehind || s == ""
}

// plainWords is Words of a plain text.
func plainWords(s string) string {
	words := make([]byte, 0, len(s))
	isBehind := false // a sign or a space
	for i := range len(s) {
		if !isWordByte(s[i]) && (s[i] < 'a' || s[i] > 'z') {
			isBehind = true
			continue
		}
		if isBehind && len(words) > 0 {
			words = append(words, ' ')
		}
		words, isBehind = append(words, s[i]), false
	}
	return string(words)
}

// wordBytes are the capitals, digits and signs that Words leaves.
var wordBytes = func() (bytes [256]bool) {
	for _, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789&+'") {
		bytes[b] = true
	}
	return bytes
}()

func isWordByte(b byte) bool { return wordBytes[b] }

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return isWordByte(byte(r)) || r >= 'a' && r <= 'z'
	}
	return unicode.IsLetter(r) || unicode.Is(unicode.M, r) || unicode.IsNumber(r)
}

// hasLetter reports whether a text has a letter of any script.
func hasLetter(s string) bool {
	for _, r := range s {
		if r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf && unicode.IsLetter(r) || r >= 'a' && r <= 'z' {
			return true
		}
	}
	return false
}
