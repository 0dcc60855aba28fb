package round

import (
	"strconv"
	"strings"
)

// Count writes a number and what is counted: 1,234 accounts.
func Count(n int64, what string) string { return Thousands(n) + " " + Plural(n, what) }

// Plural is a noun as it is written after a number.
func Plural(n int64, what string) string {
	switch {
	case n == 1:
		return what
	case strings.HasSuffix(what, "sh"):
		return what + "es"
	case strings.HasSuffix(what, "try"):
		return strings.TrimSuffix(what, "y") + "ies"
	}
	return what + "s"
}

// Thousands writes 1234567 as 1,234,567.
func Thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
