package models

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

var (
	errQuotedName   = errors.New("the SELECT has a quoted name: write names plainly")
	errBlockComment = errors.New("the SELECT has a comment in /* */: begin each line of one with --")
	errDollar       = errors.New("the SELECT has a dollar sign outside of a text: write texts in single quotes")
	errEscapes      = errors.New("the SELECT has a text with escapes, E'…': write a quote within a text twice")
)

// checkReadable refuses a query of which pieces and tablesRead would find other tables than DuckDB does: a table that
// they miss is not brought up to date before the model that reads it.
func checkReadable(query string) error {
	before := ""
	for piece, isCode := range pieces(query) {
		if !isCode {
			if piece[0] == '\'' && endsWithEscape(before) {
				return errEscapes
			}
			before = ""
			continue
		}
		before = piece
		switch {
		case strings.IndexByte(piece, '"') >= 0:
			return errQuotedName
		case strings.Contains(piece, "/*"):
			return errBlockComment
		case strings.IndexByte(piece, '$') >= 0:
			return errDollar
		}
		if schema := schemaOfThree(piece); schema != "" {
			return fmt.Errorf("the SELECT names something before .%s.: tables are named SCHEMA.TABLE", schema)
		}
	}
	return nil
}

// endsWithEscape reports whether the text after some code has escapes, which a letter before it says.
func endsWithEscape(code string) bool {
	n := len(code) - 1
	return n >= 0 && (code[n] == 'e' || code[n] == 'E') && (n == 0 || !isOfName(code[n-1]))
}

// schemaOfThree is the schema in the middle of a name with three parts or more; "" where there is none.
func schemaOfThree(code string) string {
	for {
		dot := strings.IndexByte(code, '.')
		if dot < 0 {
			return ""
		}
		code = code[dot+1:]
		end := 0
		for end < len(code) && isOfName(code[end]) {
			end++
		}
		if end < len(code) && code[end] == '.' && slices.Contains(schemasRead, code[:end]) {
			return code[:end]
		}
	}
}
