package reader

import (
	"fmt"
	"strings"
)

// oneStatement returns the one statement of a text without what is around it: space, comments and
// semicolons. A text without a statement, or with several, is ErrNotReadOnly. DuckDB's parser is no help: it takes a
// PIVOT apart into several statements itself.
func oneStatement(text string) (string, error) {
	var first, end, statements int
	open := false // a statement has begun and no semicolon ended it
	for at := 0; at < len(text); {
		length, kind := nextToken(text[at:])
		switch kind {
		case tokenSpace:
		case tokenEnd:
			open = false
		case tokenWord:
			if !open {
				if statements++; statements == 1 {
					first = at
				}
				open = true
			}
			end = at + length
		}
		at += length
	}
	if statements != 1 {
		return "", fmt.Errorf("%w: want one statement, found %d", ErrNotReadOnly, statements)
	}
	return text[first:end], nil
}

type tokenKind int

const (
	tokenSpace tokenKind = iota // and comments
	tokenEnd                    // a semicolon
	tokenWord                   // anything else; a quoted text is one
)

// nextToken measures the token a text begins with, as DuckDB reads it. One that does not end takes all.
func nextToken(text string) (length int, kind tokenKind) {
	switch c := text[0]; {
	case c == ';':
		return 1, tokenEnd
	case strings.ContainsRune(" \t\r\n\f\v", rune(c)):
		return 1, tokenSpace
	case strings.HasPrefix(text, "--"):
		return through(text, 2, "\n"), tokenSpace
	case strings.HasPrefix(text, "/*"):
		return blockComment(text), tokenSpace
	case c == '\'' || c == '"':
		return through(text, 1, string(c)), tokenWord // a doubled quote is two texts in a row
	case (c == 'e' || c == 'E') && strings.HasPrefix(text[1:], "'"):
		return escapedText(text), tokenWord
	case c == '$':
		return dollarText(text), tokenWord
	case isWordByte(c): // whole, so that its last letter begins no E'…' and its dollar no $…$
		n := 1
		for n < len(text) && (isWordByte(text[n]) || text[n] == '$') {
			n++
		}
		return n, tokenWord
	}
	return 1, tokenWord
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// through is the length up to and with the next end, looked for from an offset.
func through(text string, from int, end string) int {
	at := strings.Index(text[from:], end)
	if at < 0 {
		return len(text)
	}
	return from + at + len(end)
}

// blockComment measures a comment, which may hold others.
func blockComment(text string) int {
	depth, at := 1, 2
	for at < len(text) && depth > 0 {
		switch {
		case strings.HasPrefix(text[at:], "/*"):
			depth, at = depth+1, at+2
		case strings.HasPrefix(text[at:], "*/"):
			depth, at = depth-1, at+2
		default:
			at++
		}
	}
	return at
}

// escapedText measures E'…', in which a backslash hides a quote.
func escapedText(text string) int {
	for at := 2; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '\'':
			return at + 1
		}
	}
	return len(text)
}

// dollarText measures $tag$…$tag$; a parameter, $1, is a dollar sign and a word.
func dollarText(text string) int {
	n := 1
	for n < len(text) && isWordByte(text[n]) {
		n++
	}
	if n == len(text) || text[n] != '$' || n > 1 && text[1] >= '0' && text[1] <= '9' {
		return 1
	}
	return through(text, n+1, text[:n+1])
}
