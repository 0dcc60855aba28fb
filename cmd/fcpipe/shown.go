package main

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"fcpipe/schema"
)

// shownWriter lets texts of banks and of Stripe reach a terminal without what it would obey. Lines and tabs
// are ours; in JSON what is escaped stays the same value.
// A character that is cut between two writes waits for its other bytes.
type shownWriter struct {
	out io.Writer
	cut []byte
}

func (w *shownWriter) Write(text []byte) (int, error) {
	whole := append(w.cut, text...)
	end := len(whole) - cutRune(whole)
	w.cut = slices.Clone(whole[end:])
	if _, err := io.WriteString(w.out, shownLines(string(whole[:end]))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// cutRune counts the bytes at the end of a text that begin a character and do not finish it.
func cutRune(text []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if first := text[len(text)-back]; utf8.RuneStart(first) {
			if utf8.FullRune(text[len(text)-back:]) {
				return 0
			}
			return back
		}
	}
	return 0
}

// shownLines is a text of several lines as it may be shown.
func shownLines(text string) string {
	var b bytes.Buffer
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		for j, cell := range strings.Split(line, "\t") {
			if j > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(schema.Shown(cell))
		}
	}
	return b.String()
}
