package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// leastWholeRows is of how many rows a table is at least that is rebuilt for being touched nearly everywhere.
const leastWholeRows = 100_000

// standing names the models of which all that read them, and all that read those, have the scopes of the model: where
// one is rebuilt whole, what follows from it is computed for the same scopes as before.
func standing(models []Header) map[string]bool {
	found := map[string]bool{}
	for _, model := range slices.Backward(models) { // each stands before those that read it
		found[model.Name] = len(model.Scope) > 0 && !model.From &&
			!slices.ContainsFunc(models, func(reader Header) bool {
				return slices.Contains(reader.reads, model.Name) &&
					(!found[reader.Name] || !slices.Equal(reader.Scope, model.Scope))
			})
	}
	return found
}

// nearlyAll reports whether touched holds the scopes of nine in ten rows of a large table, as on a new date those of
// what is of the last days: to rebuild it costs half of what finding and replacing the rows that differ does.
func (d *derivation) nearlyAll(ctx context.Context, model Header, touched int64) (nearly bool, err error) {
	held := d.tables[model.Name].rows
	if !d.standing[model.Name] || held < cmp.Or(d.parameters.WholeRows, leastWholeRows) ||
		model.hasRowPerScope() && 10*touched < 9*held {
		return false, nil
	}
	rows := fmt.Sprintf("SELECT count(*) FROM %s", model.Name)
	err = d.QueryRowContext(ctx, fmt.Sprintf("SELECT 10 * (%s SEMI JOIN touched USING (%s)) >= 9 * (%s)",
		rows, strings.Join(model.Scope, ", "), rows)).Scan(&nearly)
	return nearly, err
}

// hasRowPerScope reports whether a scope is one row at most: its columns are all of those that order the rows, which no
// two rows share.
func (h Header) hasRowPerScope() bool {
	return !h.From && !slices.ContainsFunc(SplitList(h.Order), func(column string) bool {
		return !slices.Contains(h.Scope, column)
	})
}
