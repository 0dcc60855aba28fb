package schema

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Shown is a text from outside as a terminal, a log or a journal may show it: what a terminal would obey or turn
// around is written as in JSON, \u001b. Shown twice is shown once.
func Shown(text string) string {
	if strings.IndexFunc(text, isUnseen) < 0 && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case !isUnseen(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			first, second := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, first, second)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// longestShown is how much of a text from outside goes into a message.
const longestShown = 200

// ShownBriefly is Shown, cut where a message ends being one.
func ShownBriefly(text string) string {
	if utf8.RuneCountInString(text) > longestShown {
		text = string([]rune(text)[:longestShown]) + "…"
	}
	return Shown(text)
}

// isUnseen reports whether a terminal does something else with a character than showing it.
func isUnseen(r rune) bool {
	return unicode.IsControl(r) ||
		unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp, unicode.Cf) && r != '\u00AD'
}
