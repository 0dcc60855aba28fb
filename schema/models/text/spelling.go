package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Normal is a text in one spelling: capitals, composed accents, full-width letters as narrow ones, ligatures as their
// letters, straight quotes and dashes, no invisible characters, single spaces. Every letter of every script stays.
func Normal(s string) string {
	if isPlain(s) {
		return plainNormal(s)
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = norm.NFC.String(width.Fold.String(withoutLigatures(strings.Map(visible, s))))
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

// visible leaves out format characters, selectors of variants and the joiner of marks. Fillers of Hangul and the blank
// of Braille look like a space.
func visible(r rune) rune {
	switch {
	case unicode.Is(unicode.Cf, r), r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF, r == 0x034F:
		return -1
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r == 0x2800:
		return ' '
	}
	return r
}

// withoutLigatures writes letters that are printed as one sign, and those of mathematics, as what they stand for:
// OﬃCE, 𝐂𝐀𝐅𝐄.
func withoutLigatures(s string) string {
	if strings.IndexFunc(s, isLigature) < 0 {
		return s
	}
	var apart strings.Builder
	for _, r := range s {
		if isLigature(r) {
			apart.WriteString(norm.NFKC.String(string(r)))
			continue
		}
		apart.WriteRune(r)
	}
	return apart.String()
}

func isLigature(r rune) bool {
	return r >= 0xFB00 && r <= 0xFB06 || r >= 0x1D400 && r <= 0x1D7FF || r == 'Ĳ' || r == 'ĳ' ||
		r >= 0x01C4 && r <= 0x01CC || r >= 0x01F1 && r <= 0x01F3
}

// straight turns printed quotes, dashes and slashes into those of a keyboard, and ß into its capital.
func straight(r rune) rune {
	switch r {
	case '’', '‘', '‛', '‚', '′', 'ʼ', 'ʹ', '`', '´':
		return '\''
	case '‐', '‑', '‒', '–', '—', '―', '−', '⁃', '﹣':
		return '-'
	case '“', '”', '„', '‟', '″', '«', '»':
		return '"'
	case '⁄', '∕':
		return '/'
	case '∗', '⁎', '﹡':
		return '*'
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
