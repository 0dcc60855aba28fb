package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema/duck"
)

// maintain computes the scopes of a model again that changes touch, and writes the rows that differ. It reports whether
// the table has to be rebuilt whole instead: something changed, and its header does not say what that touches, or it
// touches nearly everything, or more than fits in memory, which a rebuild computes in parts.
func (d *derivation) maintain(ctx context.Context, model Header) (whole bool, err error) {
	if whole, err = d.replaceTouched(ctx, model); duck.IsOutOfMemory(err) {
		return true, nil
	}
	return whole, err
}

// replaceTouched is maintain, with an error where memory does not do.
func (d *derivation) replaceTouched(ctx context.Context, model Header) (whole bool, err error) {
	model.Query = d.parameters.bind(model.Query)
	touched, whole, err := d.touch(ctx, model)
	if whole || touched == 0 || err != nil {
		return whole, err
	}
	if whole, err = d.nearlyAll(ctx, model, touched); whole || err != nil {
		return whole, err
	}
	if model.bound, err = d.bound(ctx, model); err != nil {
		return false, err
	}
	query := d.restrict(model)
	stored := "SELECT rowid AS stored_rowid, * FROM " + model.Name
	if len(model.Scope) > 0 {
		query, stored = model.within(query), model.storedWithin(d.tables[model.Name].rows/touched)
	}
	return false, d.replace(ctx, model, query, stored)
}

// touch puts the scopes that changes touch into the temporary table touched, and counts them.
func (d *derivation) touch(ctx context.Context, model Header) (touched int64, whole bool, err error) {
	var scopes []string
	for _, table := range model.reads {
		rule, stated := model.Touches[table]
		switch {
		case d.changed[table] == "" || stated && rule.Query == "":
			continue
		case !stated && len(model.Scope) == 0:
			return 1, false, nil
		case !stated && !d.hasColumns(table, model.Scope):
			return 0, true, nil
		}
		query, err := d.touchedBy(ctx, model, table, rule)
		if err != nil {
			return 0, false, err
		}
		scopes = append(scopes, query)
	}
	if len(scopes) == 0 {
		return 0, false, nil
	}
	// in one statement: each makes a table, which costs more than the few rows of a round
	touched, err = d.create(ctx, "touched", model.scopesOf(strings.Join(scopes, " UNION ALL ")))
	if err == nil && model.Widened != "" {
		if touched, err = d.create(ctx, "touched", model.scopesOf(model.Widened)); err != nil {
			return 0, false, fmt.Errorf("widened: %w", err)
		}
	}
	return touched, false, err
}

// touchedBy is a query of the scopes that the changed rows of a table touch, each perhaps several times.
func (d *derivation) touchedBy(
	ctx context.Context, model Header, table string, rule TouchRule,
) (query string, err error) {
	if rule.Query == "" {
		rule.Query = d.namedScopes(table, model)
	}
	if rule.Query, err = d.bindEarliest(ctx, rule.Query, table); err != nil {
		return "", err
	}
	rule.Query = strings.ReplaceAll(rule.Query, "$watermark", d.knownThrough())
	if !d.keeps {
		rule.Query = strings.ReplaceAll(rule.Query, "kept.", "temp.")
	}
	query = fmt.Sprintf("WITH changed AS (%s) %s", d.changedRows(table, rule.Columns), rule.Query)
	if len(model.Scope) == 0 {
		return fmt.Sprintf("(SELECT 1 AS one FROM (%s) LIMIT 1)", query), nil
	}
	return fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(model.touchedColumns(), ", "), query), nil
}

// scopesOf is a query of each scope of another one once: of scopes that begin on a date the earliest, and of those that
// a date goes with the earliest, too, or none where one of them has none.
func (h Header) scopesOf(query string) string {
	keys, date, earliest := h.Scope, h.dateOfBound(), "min(%s)"
	switch {
	case h.From:
		keys = h.Scope[:len(h.Scope)-1]
	case date == "" || slices.Contains(h.Scope, date):
		return fmt.Sprintf("SELECT DISTINCT * FROM (%s)", query)
	default:
		earliest = "CASE WHEN count(*) = count(%[1]s) THEN min(%[1]s) END"
	}
	return fmt.Sprintf("SELECT %s, %s AS %s FROM (%s) GROUP BY ALL",
		strings.Join(keys, ", "), fmt.Sprintf(earliest, date), date, query)
}

// within is a query of the rows of another one that lie in the scopes in touched. Each of these is there once: to join
// them finds the same rows as a semi join does, of which DuckDB would expect a fifth of all rows, and hash what they
// are joined with in their place.
func (h Header) within(query string) string {
	if h.bound != "" {
		query = fmt.Sprintf("SELECT * FROM (%s) WHERE %s >= %s", query, h.dateOfBound(), h.bound)
	}
	if !h.From {
		return fmt.Sprintf("SELECT q.* FROM (%s) q JOIN touched USING (%s)", query, strings.Join(h.Scope, ", "))
	}
	conditions := make([]string, len(h.Scope))
	for i, column := range h.Scope {
		operator := "="
		if i == len(h.Scope)-1 {
			operator = ">="
		}
		conditions[i] = fmt.Sprintf("q.%[1]s %[2]s t.%[1]s", column, operator)
	}
	return fmt.Sprintf("SELECT q.* FROM (%s) q JOIN touched t ON %s", query, strings.Join(conditions, " AND "))
}

// fewOf is how many rows for each of the scopes in touched a table has at least of which few are read.
const fewOf = 50

// storedWithin is a query of the stored rows that lie in the scopes in touched, with their rowids. Few of a table are
// found by the columns of the scope alone: their other columns are read of them, not of all rows.
func (h Header) storedWithin(rowsForEach int64) string {
	stored := "SELECT rowid AS stored_rowid, * FROM " + h.Name
	if rowsForEach < fewOf || h.From || h.Since != "" {
		return h.within(stored)
	}
	found := fmt.Sprintf("SELECT rowid AS stored_rowid, %s FROM %s", strings.Join(h.Scope, ", "), h.Name)
	return fmt.Sprintf("SELECT * FROM (%s) WHERE stored_rowid IN (SELECT stored_rowid FROM (%s))",
		stored, h.within(found))
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
	query := unsorted(model.Query)
	if model.Once != "" {
		query = strings.Replace(query, model.Once+" AS NOT MATERIALIZED", model.Once+" AS MATERIALIZED", 1)
	}
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

// unsorted is a query without the sort at its end: rows that are compared are in no order.
func unsorted(query string) string {
	at := strings.LastIndex(query, "\nORDER BY ")
	if at < 0 || strings.ContainsAny(query[at:], "()") || strings.Contains(query[at:], "LIMIT") {
		return query
	}
	return query[:at+1] // a comment before it ends its line
}

// replace writes the rows of a query that differ from those that are stored, and keeps both as the changes of this
// table. They go behind all others. Fewer than DuckDB keeps together are not sorted: that takes a third of writing
// them, and nothing is found sooner.
func (d *derivation) replace(ctx context.Context, model Header, fresh, stored string) error {
	columns, differing := model.columnNames(), d.kept("differing_"+model.Name)
	rows, err := d.keep(ctx, "differing_"+model.Name, differences(columns, fresh, stored))
	if err != nil || rows == 0 {
		return err
	}
	d.changed[model.Name] = differing
	order := ""
	if rows >= manyRows {
		order = " ORDER BY " + model.Order
	}
	return d.write(ctx,
		fmt.Sprintf("DELETE FROM %s WHERE rowid IN (SELECT stored_rowid FROM %s)", model.Name, differing),
		fmt.Sprintf("INSERT INTO %s SELECT %s FROM %s WHERE stored_rowid IS NULL%s", model.Name, columns, differing,
			order),
	)
}

// differences is a query of the rows that only one of two others has. Those that are stored have their rowid. Rows are
// compared by grouping them, which reads both sides once and keeps neither.
func differences(columns, fresh, stored string) string {
	return fmt.Sprintf("SELECT max(stored_rowid) AS stored_rowid, %[1]s FROM (SELECT stored_rowid, %[1]s FROM (%[2]s) "+
		"UNION ALL SELECT NULL, %[1]s FROM (%[3]s)) GROUP BY %[1]s HAVING %[4]s",
		columns, stored, fresh, onOneSide)
}
