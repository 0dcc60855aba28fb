package models

import (
	"fmt"
	"strings"
)

// TouchRule says which scopes of a model a change of one of the tables it reads touches; maintain.go applies it.
//
// A header states it as "touched by TABLE (columns): SELECT …". The SELECT yields the columns of the model's scope, and
// the date that since names, and reads changed: the rows of TABLE that are gone and those that are new, so a row that
// differs is in it twice. Of the columns in parentheses only: what differs in others is no change; without parentheses
// all count. A model whose scope is the whole table yields any row. "nothing, because …" in place of a SELECT: no
// change of TABLE is felt that is not felt through another one.
//
// A table without a rule touches the scopes its changed rows name, when it has every column of the scope, and
// everything when it has not.
type TouchRule struct {
	Columns []string // empty: all
	Query   string   // empty: nothing is touched
}

// parseTouch reads "by TABLE (columns)" and the SELECT behind it.
func (h *Header) parseTouch(subject, value string) error {
	subject, isBy := strings.CutPrefix(subject, "by ")
	table, columns, hasColumns := strings.Cut(subject, " (")
	if !isBy || strings.Contains(table, " ") || hasColumns && !strings.HasSuffix(columns, ")") {
		return fmt.Errorf("want \"touched by TABLE (columns): SELECT …\", found \"touched %s\"", subject)
	}
	rule := TouchRule{Query: value}
	if hasColumns {
		rule.Columns = SplitList(strings.TrimSuffix(columns, ")"))
	}
	if strings.HasPrefix(value, "nothing, ") {
		rule.Query = ""
	}
	if h.Touches == nil {
		h.Touches = map[string]TouchRule{}
	}
	h.Touches[table] = rule
	return nil
}
