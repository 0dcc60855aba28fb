package models

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"fcpipe/schema/duck"
)

// maintain computes the scopes of a model again that changes touch, and writes the rows that differ. It reports whether
// the table has to be rebuilt whole instead: something changed, and its header does not say what that touches, or it
// touches nearly everything.
func (d *derivation) maintain(ctx context.Context, model Header) (whole bool, err error) {
	touched, whole, err := d.touch(ctx, model)
	if whole || !touched || err != nil {
		return whole, err
	}
	if whole, err = d.nearlyAll(ctx, model); whole || err != nil {
		return whole, err
	}
	if model.bound, err = d.bound(ctx, model); err != nil {
		return false, err
	}
	query := d.restrict(model)
	stored := "SELECT rowid AS stored_rowid, * FROM " + model.Name
	if len(model.Scope) > 0 {
		query, stored = model.within(query), model.within(stored)
	}
	return false, d.replace(ctx, model, query, stored)
}

// touch puts the scopes that changes touch into the temporary table touched, and reports whether there are any.
func (d *derivation) touch(ctx context.Context, model Header) (touched, whole bool, err error) {
	var scopes []string
	for _, table := range model.reads {
		rule, stated := model.Touches[table]
		switch {
		case d.changed[table] == "" || stated && rule.Query == "":
			continue
		case !stated && len(model.Scope) == 0:
			return true, false, nil
		case !stated && !d.hasColumns(table, model.Scope):
			return false, true, nil
		}
		scopes = append(scopes, d.touchedBy(model, table, rule))
	}
	if len(scopes) == 0 {
		return false, false, nil
	}
	// in one statement: each makes a table, which costs more than the few rows of a round
	rows, err := d.create(ctx, "touched", model.scopesOf(strings.Join(scopes, " UNION ALL ")))
	if err == nil && model.Widened != "" {
		if rows, err = d.create(ctx, "touched", model.scopesOf(model.Widened)); err != nil {
			return false, false, fmt.Errorf("widened: %w", err)
		}
	}
	return rows > 0, false, err
}

// touchedBy is a query of the scopes that the changed rows of a table touch, each perhaps several times.
func (d *derivation) touchedBy(model Header, table string, rule TouchRule) string {
	if rule.Query == "" {
		rule.Query = d.namedScopes(table, model)
	}
	rule.Query = strings.ReplaceAll(rule.Query, "$watermark",
		"TIMESTAMPTZ "+duck.Quote(d.since.UTC().Format(time.RFC3339Nano)))
	query := fmt.Sprintf("WITH changed AS (%s) %s", d.changedRows(table, rule.Columns), rule.Query)
	if len(model.Scope) == 0 {
		return fmt.Sprintf("(SELECT 1 AS one FROM (%s) LIMIT 1)", query)
	}
	return fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(model.touchedColumns(), ", "), query)
}

// scopesOf is a query of each scope of another one once: of scopes that begin on a date the earliest.
func (h Header) scopesOf(query string) string {
	if !h.From {
		return fmt.Sprintf("SELECT DISTINCT * FROM (%s)", query)
	}
	last := len(h.Scope) - 1
	keys := strings.Join(h.Scope[:last], ", ")
	return fmt.Sprintf("SELECT %s, min(%s) AS %[2]s FROM (%s) GROUP BY ALL", keys, h.Scope[last], query)
}

// within is a query of the rows of another one that lie in the scopes in touched.
func (h Header) within(query string) string {
	if h.bound != "" {
		query = fmt.Sprintf("SELECT * FROM (%s) WHERE %s >= %s", query, h.dateOfBound(), h.bound)
	}
	if !h.From {
		return fmt.Sprintf("SELECT q.* FROM (%s) q SEMI JOIN touched USING (%s)", query, strings.Join(h.Scope, ", "))
	}
	conditions := make([]string, len(h.Scope))
	for i, column := range h.Scope {
		operator := "="
		if i == len(h.Scope)-1 {
			operator = ">="
		}
		conditions[i] = fmt.Sprintf("q.%[1]s %[2]s t.%[1]s", column, operator)
	}
	return fmt.Sprintf("SELECT q.* FROM (%s) q SEMI JOIN touched t ON %s", query, strings.Join(conditions, " AND "))
}

// changedRows is a query of the changed rows of a table: of some columns, only rows that differ in these.
func (d *derivation) changedRows(table string, columns []string) string {
	if len(columns) == 0 {
		return "SELECT * EXCLUDE (stored_rowid) FROM " + d.changed[table]
	}
	return fmt.Sprintf("SELECT %s FROM %s GROUP BY ALL HAVING %s", strings.Join(columns, ", "), d.changed[table],
		onOneSide)
}

// onOneSide is the condition that of a group of rows more were stored than are computed, or fewer.
const onOneSide = "2 * count(stored_rowid) <> count(*)"

// restrict returns the model's query over what the touched scopes read of the tables it reads. A table without the
// columns of the scope is read whole, unless the header says what of it is read.
func (d *derivation) restrict(model Header) string {
	query := model.Query
	var inputs []string
	for _, table := range model.reads {
		input, stated := model.Inputs[table]
		switch {
		case len(model.Scope) == 0 || !stated && !d.hasColumns(table, model.Scope):
			continue
		case !stated:
			input = d.without(model, table).within("FROM " + table)
		case input == "FROM "+table:
			continue
		}
		input = strings.ReplaceAll(input, "$since", cmp.Or(model.bound, "DATE '-infinity'"))
		name := fmt.Sprintf("\"input_%s\"", table)
		inputs = append(inputs, fmt.Sprintf("%s AS NOT MATERIALIZED (%s)", name, input))
		query = over(query, table, name)
	}
	if len(inputs) == 0 {
		return query
	}
	return fmt.Sprintf("WITH %s SELECT * FROM (%s)", strings.Join(inputs, ", "), query)
}

// replace writes the rows of a query that differ from those that are stored, and keeps both as the changes of this
// table.
func (d *derivation) replace(ctx context.Context, model Header, fresh, stored string) error {
	differing, columns := "differing_"+model.Name, model.columnNames()
	rows, err := d.create(ctx, differing, differences(columns, fresh, stored))
	if err != nil || rows == 0 {
		return err
	}
	d.changed[model.Name] = temporary(differing)
	return d.write(ctx,
		fmt.Sprintf("DELETE FROM %s WHERE rowid IN (SELECT stored_rowid FROM %s)", model.Name, temporary(differing)),
		fmt.Sprintf("INSERT INTO %s SELECT %s FROM %s WHERE stored_rowid IS NULL ORDER BY %s", model.Name, columns,
			temporary(differing), model.Order),
	)
}

// differences is a query of the rows that only one of two others has. Those that are stored have their rowid. Rows are
// compared by grouping them, which reads both sides once and keeps neither.
func differences(columns, fresh, stored string) string {
	return fmt.Sprintf("SELECT max(stored_rowid) AS stored_rowid, %[1]s FROM (SELECT stored_rowid, %[1]s FROM (%[2]s) "+
		"UNION ALL SELECT NULL, %[1]s FROM (%[3]s)) GROUP BY %[1]s HAVING %[4]s",
		columns, stored, fresh, onOneSide)
}
