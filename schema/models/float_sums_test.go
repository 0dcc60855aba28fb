package models_test

import (
	"regexp"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/models"
)

var (
	// aggregates that give a float whose last bits hang on the order of rows
	floating = regexp.MustCompile(`\b(avg|favg|fsum|kahan_sum|stddev\w*|var_\w+|median|quantile_cont|corr|regr_\w+)\(`)
	sums     = regexp.MustCompile(`\bsum\(`)
	isFloat  = regexp.MustCompile(`\bDOUBLE\b|\bFLOAT\b|\*\*|\bsqrt\(|` +
		`\b\w*(_cv|_share|_ratio|regularity|confidence|_score)\b`)
)

// TestNoModelAddsFloatsInAnyOrder: floats add up to other bits in another order, which threads and scopes decide. A
// model adds integers, or says in which order.
func TestNoModelAddsFloatsInAnyOrder(t *testing.T) {
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		query := comments.ReplaceAllString(h.Query, "")
		if h.Name == "underwriting.attributes" { // formulas in words
			continue
		}
		for _, found := range floating.FindAllString(query, -1) {
			t.Errorf("%s calls %s…)", h.Name, found)
		}
		for _, at := range sums.FindAllStringIndex(query, -1) {
			argument := inParentheses(query[at[1]:])
			if isFloat.MatchString(argument) && !strings.Contains(argument, "ORDER BY") {
				t.Errorf("%s adds floats in any order: sum(%s)", h.Name, argument)
			}
		}
	}
}

// inParentheses is what comes before the parenthesis that closes.
func inParentheses(text string) string {
	depth := 0
	for i, c := range text {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return text[:i]
			}
		}
	}
	return text
}
