package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
)

// Sample says how much of the derived tables is compared with a rebuild.
type Sample struct {
	Seed   uint64 // draws the rows and scopes: the same seed on the same file draws the same
	Scopes int    // of each table with scopes; also the rows that are drawn of each table that models read
	Rows   int64  // a table without scopes is compared whole where what it reads has at most so many rows together
	Whole  int64  // so is one with scopes: to restrict its query costs more than so few rows
}

// Compare computes a sample of the scopes of every derived table again, by the restricted queries that rounds use, and
// lists rows that differ from the stored ones: at most 20 of a table, in the order of the tables. Scopes are drawn from
// the rows of the table itself, and from those that drawn rows of what it reads touch, so that one whose rows are
// missing is drawn, too. The file may be open for reading alone; the models of this program have to have made its
// tables.
func Compare(ctx context.Context, database *sql.DB, sample Sample) (found []schema.Finding, err error) {
	return compareModels(ctx, database, sample, orderedModels)
}

// compareModels compares the tables of the models that find returns.
func compareModels(
	ctx context.Context, database *sql.DB, sample Sample, find findModels,
) (found []schema.Finding, err error) {
	connection, err := database.Conn(ctx)
	if err != nil {
		return nil, err
	}
	c := &comparison{
		derivation: &derivation{Conn: connection, changed: map[string]string{}},
		sample:     sample,
		counted:    map[string]int64{},
	}
	defer func() { err = errors.Join(err, c.end(ctx)) }()
	models, err := find()
	if err != nil {
		return nil, err
	}
	if err := registerFunctions(connection); err != nil {
		return nil, err
	}
	with, err := DerivedWith(ctx, connection)
	if err != nil {
		return nil, err
	}
	c.parameters.ReportZone, c.since = with.ReportZone, with.Through
	if err := registerRules(ctx, connection, time.Time{}); err != nil {
		return nil, err
	}
	if _, err := c.readTables(ctx); err != nil {
		return nil, err
	}
	for _, model := range models {
		model.Query = c.parameters.bind(model.Query)
		differing, err := c.compare(ctx, model)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", model.file, err)
		}
		found = append(found, differing...)
	}
	return found, nil
}

// comparison is a derivation that writes no table: what has changed is, for it, drawn by chance.
type comparison struct {
	*derivation
	sample  Sample
	counted map[string]int64 // rows of a table
}

// compare lists what differs in one table, or in the drawn scopes of it.
func (c *comparison) compare(ctx context.Context, model Header) ([]schema.Finding, error) {
	if model.IsView {
		return c.compareView(ctx, model)
	}
	rows, err := c.rowsRead(ctx, model)
	if err != nil {
		return nil, err
	}
	hasScopes := len(model.Scope) > 0
	if rows <= c.sample.Whole || !hasScopes && rows <= c.sample.Rows {
		return c.compareWhole(ctx, model)
	}
	if !hasScopes {
		return nil, nil
	}
	return c.compareScopes(ctx, model)
}

// compareWhole lists what differs anywhere in a table.
func (c *comparison) compareWhole(ctx context.Context, model Header) ([]schema.Finding, error) {
	if _, err := c.create(ctx, "fresh", model.Query); err != nil {
		return nil, err
	}
	if _, err := c.create(ctx, "stored", "FROM "+model.Name); err != nil {
		return nil, err
	}
	return c.differences(ctx, model)
}

// compareScopes lists what differs in drawn scopes of a table.
func (c *comparison) compareScopes(ctx context.Context, model Header) ([]schema.Finding, error) {
	err := c.choose(ctx, model)
	if err != nil {
		return nil, err
	}
	if model.bound, err = c.bound(ctx, model); err != nil {
		return nil, err
	}
	if _, err := c.create(ctx, "fresh", model.within(c.restrict(model))); err != nil {
		return nil, err
	}
	if _, err := c.create(ctx, "stored", model.within("FROM "+model.Name)); err != nil {
		return nil, err
	}
	return c.differences(ctx, model)
}

// choose puts the scopes to compare into the temporary table touched, widened as the model says.
func (c *comparison) choose(ctx context.Context, model Header) error {
	if err := c.draw(ctx, model.Name); err != nil {
		return err
	}
	own := fmt.Sprintf(
		"SELECT %s FROM %s", strings.Join(model.touchedColumns(), ", "), temporary("added_"+model.Name),
	)
	scopes := []string{own}
	for _, table := range model.reads {
		rule, stated := model.Touches[table]
		_, exists := c.tables[table]
		if !exists || stated && rule.Query == "" || !stated && !c.hasColumns(table, model.Scope) {
			continue // neither does the model say which scopes its rows touch, nor do they name them
		}
		if err := c.draw(ctx, table); err != nil {
			return err
		}
		touched, err := c.touchedBy(ctx, model, table, rule)
		if err != nil {
			return err
		}
		scopes = append(scopes, touched)
	}
	drawn := fmt.Sprintf("FROM (%s) s ORDER BY hash(s, %d) LIMIT %d",
		model.scopesOf(strings.Join(scopes, " UNION ALL ")), c.sample.Seed, c.sample.Scopes)
	if _, err := c.create(ctx, "touched", drawn); err != nil || model.Widened == "" {
		return err
	}
	if _, err := c.create(ctx, "touched", model.scopesOf(model.Widened)); err != nil {
		return fmt.Errorf("widened: %w", err)
	}
	return nil
}

// draw draws rows of a table, once, and takes them for new.
func (c *comparison) draw(ctx context.Context, table string) error {
	if c.changed[table] != "" {
		return nil
	}
	c.changed[table] = c.keptChanges(table)
	drawn := fmt.Sprintf("FROM %s t ORDER BY hash(t, %d) LIMIT %d", table, c.sample.Seed, c.sample.Scopes)
	if _, err := c.create(ctx, "added_"+table, drawn); err != nil {
		return err
	}
	_, err := c.create(ctx, "removed_"+table, fmt.Sprintf("FROM %s LIMIT 0", temporary("added_"+table)))
	return err
}

// rowsRead is how many rows the tables have together that a model reads.
func (c *comparison) rowsRead(ctx context.Context, model Header) (all int64, err error) {
	for _, table := range model.reads {
		if _, exists := c.tables[table]; !exists { // a part of the query, named in it
			continue
		}
		rows, known := c.counted[table]
		if !known {
			if err := c.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&rows); err != nil {
				return 0, err
			}
			c.counted[table] = rows
		}
		all += rows
	}
	return all, nil
}

// differences lists rows that are stored and not computed, or computed and not stored, by their scope and what else
// gives them their place in the order of the table.
func (c *comparison) differences(ctx context.Context, model Header) (found []schema.Finding, err error) {
	var same bool
	if err := c.QueryRowContext(ctx, statements.Get("same")).Scan(&same); same || err != nil {
		return nil, err
	}
	named := model.Scope
	if model.From {
		named = named[:len(named)-1] // a row has its own date
	}
	others := slices.DeleteFunc(SplitList(model.Order), func(column string) bool {
		return slices.Contains(named, column)
	})
	question := fmt.Sprintf(statements.Get("differences"), shownValues(named), shownValues(others))
	rows, err := c.QueryContext(ctx, question)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var scope, row, what string
		if err := rows.Scan(&scope, &row, &what); err != nil {
			return nil, err
		}
		row = strings.TrimSpace("row " + row)
		if scope != "" {
			row = "scope " + scope + ": " + row
		}
		found = append(found, schema.Finding{Where: model.Name, What: row + " " + what, IsDerived: true})
	}
	return found, rows.Err()
}

// shownValues is an expression that names columns of a row with their values. What a bank wrote is about a person: of
// that the MD5 is shown, by which the row can be found.
func shownValues(columns []string) string {
	values := []string{"', '"}
	for _, column := range columns {
		shown := column
		if column == "description" || column == "merchant_key" {
			shown = "md5(" + column + ")"
		}
		values = append(values, fmt.Sprintf("'%[1]s ' || %[1]s", shown))
	}
	if len(columns) == 0 {
		return "''"
	}
	return "concat_ws(" + strings.Join(values, ", ") + ")"
}
