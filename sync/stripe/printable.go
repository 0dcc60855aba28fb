package stripe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// longestShown is how much of a text from outside goes into a message, in characters.
const longestShown = 200

// printable is a text from outside as a terminal or a log may show it: cut, and with what a terminal would obey,
// or turn around, written as in JSON.
func printable(text string) string {
	if runes := []rune(text); len(runes) > longestShown {
		text = string(runes[:longestShown]) + "…"
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !unicode.IsControl(r) && !unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp, unicode.Cf):
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
