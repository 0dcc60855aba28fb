package wire

import (
	"bytes"
	"fmt"
	"slices"
)

// Limits of one object, with everything inside it. Stripe's have some thirty fields, three
// deep; metadata or a list of owners makes some hundreds.
const (
	MaxValues   = 10_000
	MaxDepth    = 64
	maxIDLength = 255 // bytes
)

var (
	reasonMany = fmt.Sprintf("more than %d fields and values", MaxValues)
	reasonDeep = fmt.Sprintf("nested deeper than %d", MaxDepth)
)

// checkSize names the limit that an object exceeds; "" when it keeps them all.
func checkSize(text []byte) (reason string) {
	if len(text) < MaxValues && brackets(text) <= MaxDepth { // as nearly always; it need not be walked
		return ""
	}
	depth, values := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = skipString(text, i) - 1
		case '{', '[':
			if depth++; depth > MaxDepth {
				return reasonDeep
			}
		case '}', ']':
			depth--
		case ',':
			if values++; values >= MaxValues {
				return reasonMany
			}
		}
	}
	return ""
}

// brackets bounds how deep a text is nested: it counts those inside strings too.
func brackets(text []byte) int {
	return bytes.Count(text, []byte{'{'}) + bytes.Count(text, []byte{'['})
}

// depthOfDecoder is how deep the JSON library goes before it refuses the whole text.
const depthOfDecoder = 10_000

// shallow is a text that the JSON library does not refuse for its depth. Where one row of a page is nested
// too deep the others are still read: each value far below MaxDepth becomes a 0 and spaces, of the
// same length, so that what is found in the shallow text lies at the same place in the text itself. What such
// a value holds is not checked but for its brackets.
func shallow(text []byte) []byte {
	if brackets(text) < depthOfDecoder {
		return text
	}
	const kept = 2 * MaxDepth
	text = slices.Clone(text)
	for i, depth := 0, 0; i < len(text); {
		start := i
		i++
		switch text[start] {
		case '"':
			i = skipString(text, start)
		case '{', '[':
			if depth++; depth == kept+1 {
				text[start] = '0'
				continue
			}
		case '}', ']':
			if depth--; depth == kept {
				text[start] = ' '
			}
		}
		if depth > kept {
			copy(text[start:i], bytes.Repeat([]byte{' '}, i-start))
		}
	}
	return text
}

// skipString is the index behind the string that starts at i.
func skipString(text []byte, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
