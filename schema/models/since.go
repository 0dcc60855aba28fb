package models

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema/duck"
)

// touchedColumns are the columns of touched: those of the scope, and the date that goes with it.
func (h Header) touchedColumns() []string {
	if h.Since == "" || slices.Contains(h.Scope, h.Since) {
		return h.Scope
	}
	return append(slices.Clone(h.Scope), h.Since)
}

// namedScopes is the rule of a table that has none: changed rows touch the scopes they name. A table without the date
// of the model's scopes says nothing of it.
func (d *derivation) namedScopes(table string, model Header) string {
	columns := slices.Clone(model.Scope)
	if slices.Contains(model.Scope, model.Since) {
		return "SELECT " + strings.Join(columns, ", ") + " FROM changed"
	}
	if model.Since != "" && d.hasColumns(table, []string{model.Since}) {
		columns = append(columns, model.Since)
	} else if model.Since != "" {
		columns = append(columns, "NULL::DATE AS "+model.Since)
	}
	return fmt.Sprintf("SELECT %s FROM changed", strings.Join(columns, ", "))
}

// dateOfBound is the column whose dates are bounded in the rows of a model: that of its scope, or the one it names.
func (h Header) dateOfBound() string {
	if h.From {
		return h.Scope[len(h.Scope)-1]
	}
	return h.Since
}

// bound is the earliest date of the scopes in touched, as an expression; "" where one of them may lie on any date.
// DuckDB leaves out what is stored of earlier times when it is compared with a constant, and reads all of it when that
// comes from another table.
func (d *derivation) bound(ctx context.Context, model Header) (string, error) {
	column := model.dateOfBound()
	if column == "" {
		return "", nil
	}
	return d.earliest(ctx, column, "touched")
}

// earliest is the earliest date of a column of a table, as an expression; "" where a row has none.
func (d *derivation) earliest(ctx context.Context, column, table string) (string, error) {
	var earliest sql.NullString
	if err := d.QueryRowContext(ctx, fmt.Sprintf(
		"SELECT CASE WHEN count(*) = count(%[1]s) THEN min(%[1]s)::VARCHAR END FROM %[2]s", column, table,
	)).Scan(&earliest); err != nil || !earliest.Valid {
		return "", err
	}
	return "DATE " + duck.Quote(earliest.String), nil
}

// bindEarliest writes the earliest date of a column of the changed rows of a table, as a constant, in place of each
// $earliest(column) in a rule.
func (d *derivation) bindEarliest(ctx context.Context, rule, table string) (string, error) {
	for {
		before, rest, found := strings.Cut(rule, "$earliest(")
		if !found {
			return rule, nil
		}
		column, after, _ := strings.Cut(rest, ")")
		date, err := d.earliest(ctx, column, d.changed[table])
		if err != nil {
			return "", err
		}
		rule = before + cmp.Or(date, "DATE '-infinity'") + after
	}
}

// without is the model without its bound where a table lacks the column that is bounded.
func (d *derivation) without(model Header, table string) Header {
	if !d.hasColumns(table, []string{model.dateOfBound()}) {
		model.bound = ""
	}
	return model
}
