package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/duck"
)

// A view shows some columns of a table that another model makes, under their names or others. It has rows of no table
// of its own, so nothing of it is computed, maintained or compared: what changed in the table has changed in the view.

// shownColumns finds what the query of a view has to be: columns, perhaps renamed, and the table that has them.
var shownColumns = regexp.MustCompile(`^SELECT ([a-zA-Z0-9_,\s]+?)\s+FROM ([a-z]+\.[a-z0-9_]+)$`)

// renamed finds a column of the table and the name under which a view shows it.
var renamed = regexp.MustCompile(`^[a-z0-9_]+(?:\s+AS ([a-z0-9_]+))?$`)

// errNoView says what a header with "materialized: view" may be.
var errNoView = errors.New("a view is SELECT columns FROM table, with the columns that its header declares, in their " +
	"order, and without scopes, dates, parts or rules of what touches it")

// parseMaterialized reads "view", all that a header says of it.
func (h *Header) parseMaterialized(value string) error {
	if h.IsView = value == "view"; !h.IsView {
		return fmt.Errorf("want \"materialized: view\", found %q", value)
	}
	return nil
}

// resolveView finds the table that a view shows.
func (h *Header) resolveView() error {
	found := shownColumns.FindStringSubmatch(h.Query)
	switch {
	case !h.IsView:
		return nil
	case found == nil || !slices.Equal(shownAs(SplitList(found[1])), SplitList(h.columnNames())):
		return fmt.Errorf("%s: %w", h.file, errNoView)
	case len(h.Scope)+len(h.Part)+len(h.Touches)+len(h.Inputs) > 0 || h.Since+h.Widened != "":
		return fmt.Errorf("%s: %w", h.file, errNoView)
	}
	h.Shows, h.shown = found[2], found[1]
	return nil
}

// shownAs are the names of a view's columns by what its query selects: "" for what is no column.
func shownAs(selected []string) []string {
	names := make([]string, len(selected))
	for i, column := range selected {
		if found := renamed.FindStringSubmatch(column); found != nil {
			names[i] = cmp.Or(found[1], column)
		}
	}
	return names
}

// show brings a view up to date: it is made again where its table was, and what changed in that is changed in it.
func (d *derivation) show(ctx context.Context, model Header, whole bool) error {
	if changed := d.changed[model.Shows]; changed != "" {
		d.changed[model.Name] = fmt.Sprintf("(SELECT stored_rowid, %s FROM %s)", model.shown, changed)
	}
	if !whole {
		return nil
	}
	d.whole[model.Name] = true
	steps := []string{fmt.Sprintf("CREATE OR REPLACE VIEW %s AS %s", model.Name, model.Query)}
	if !d.parameters.Undescribed {
		steps = append(steps, model.described()...)
	}
	_, err := inTransaction(ctx, d.Conn, steps...)
	if err == nil {
		d.tables[model.Name] = tableInFile{isView: true, about: model.About, columns: model.Columns}
	}
	return err
}

// described are the statements that describe a model's table and its columns.
func (h Header) described() []string {
	kind := "TABLE"
	if h.IsView {
		kind = "VIEW"
	}
	describe := []string{fmt.Sprintf("COMMENT ON %s %s IS %s", kind, h.Name, duck.Quote(h.About))}
	for _, column := range h.Columns {
		describe = append(describe,
			fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", h.Name, column.Name, duck.Quote(column.Description)))
	}
	return describe
}

// compareView finds a view that is another than its model says, or none.
func (c *comparison) compareView(ctx context.Context, model Header) ([]schema.Finding, error) {
	wanted := fmt.Sprintf("CREATE OR REPLACE TEMP VIEW fresh_view AS %s", model.Query)
	if _, err := c.ExecContext(ctx, wanted); err != nil {
		return nil, err
	}
	of, name, _ := strings.Cut(model.Name, ".")
	var same bool
	if err := c.QueryRowContext(ctx, statements.Get("same_view"), of, name).Scan(&same); same || err != nil {
		return nil, err
	}
	what := "is not the view of " + model.Shows + " that this program makes"
	return []schema.Finding{{Where: model.Name, What: what, IsDerived: true}}, nil
}

// requiredOfViews are the columns of views that are never null, as schema.table.column: DuckDB does not say so.
func requiredOfViews() (map[string]bool, error) {
	models, err := orderedModels()
	required := map[string]bool{}
	for _, model := range models {
		for _, column := range model.Columns {
			if model.IsView && column.NotNull {
				required[model.Name+"."+column.Name] = true
			}
		}
	}
	return required, err
}
