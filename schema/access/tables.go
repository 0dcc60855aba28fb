package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
)

// subjects are the columns that tell whose a row is, with what they are compared to.
var subjects = map[string]string{
	"account_id": "list_contains($accounts, account_id)", "account_key": "list_contains($keys, account_key)",
	"holder_id": "holder_id = $holder",
}

// orders say how rows are shown: by the first of these columns that a table has.
var orders = []struct{ column, order string }{
	{"transacted_at", "transacted_at DESC, transaction_id"},
	{"as_of", "as_of DESC"},
	{"day", "day DESC"},
	{"month", "month DESC"},
	{"charged_at", "charged_at DESC"},
	{"observed_at", "observed_at DESC"},
}

// first are the tables that are shown first, in this order; the others follow by name.
var first = []string{
	"main.accounts", "meta.consents", "main.balances", "main.transaction_versions", "pii.owners",
	"underwriting.cash_flow_month", "expenses.merchant_month",
}

// readTables reads the holder's rows of every table.
func (c *Copy) readTables(ctx context.Context, opened *reader.Reader) error {
	tables, err := listTables(ctx, opened)
	if err != nil {
		return err
	}
	for _, t := range tables {
		switch question, isTold := c.question(t); {
		case t.Name == "meta.runs":
			err = c.read(ctx, opened, &t, statements.Get("access_runs"))
		case t.Name == "ledger.descriptions":
			err = c.read(ctx, opened, &t, statements.Get("access_descriptions"))
		case t.Name == "meta.overrides":
			err = c.read(ctx, opened, &t, statements.Get("access_overrides"))
		case t.Name == "meta.transfer_decisions":
			err = c.read(ctx, opened, &t, statements.Get("access_decisions"))
		case isTold:
			err = c.read(ctx, opened, &t, question)
		default:
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		if len(t.Rows) > 0 {
			c.Tables = append(c.Tables, t)
		}
	}
	slices.SortStableFunc(c.Tables, func(a, b Table) int { return rank(a.Name) - rank(b.Name) })
	return nil
}

func rank(table string) int {
	if at := slices.Index(first, table); at >= 0 {
		return at
	}
	return len(first)
}

// listTables lists the tables of a file with their columns.
func listTables(ctx context.Context, opened *reader.Reader) (tables []Table, err error) {
	err = statements.EachRow(ctx, opened.Database(), "access_tables", func(scan duck.Scan) error {
		var schema, table, about string
		var column Column
		err := scan(&schema, &table, &about, &column.Name, &column.About)
		name := schema + "." + table
		if len(tables) == 0 || tables[len(tables)-1].Name != name {
			tables = append(tables, Table{Name: name, About: about})
		}
		last := &tables[len(tables)-1]
		last.Columns = append(last.Columns, column)
		return err
	})
	return tables, err
}

// question is the query of the holder's rows of a table; false where no column tells whose a row is.
func (c *Copy) question(t Table) (question string, isTold bool) {
	var conditions []string
	for name, condition := range subjects {
		if t.has(name) {
			conditions = append(conditions, condition)
		}
	}
	if len(conditions) == 0 {
		return "", false
	}
	if t.has("account_id") { // an account says it best: a chain may have had another holder before
		conditions = []string{subjects["account_id"]}
		if t.has("holder_id") {
			conditions = append(conditions, "account_id IS NULL AND "+subjects["holder_id"])
		}
	}
	slices.Sort(conditions)
	return fmt.Sprintf("SELECT to_json(t)::VARCHAR FROM (SELECT * FROM %s WHERE %s ORDER BY %s) t",
		t.Name, strings.Join(conditions, " OR "), t.order()), true
}

// order is how the rows of a table are shown.
func (t Table) order() string {
	for _, o := range orders {
		if t.has(o.column) && t.has("version") {
			return o.order + ", version"
		}
		if t.has(o.column) {
			return o.order
		}
	}
	return "ALL"
}

// has reports whether a table has a column.
func (t Table) has(name string) bool {
	return slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

// read reads the rows that a question gives as JSON.
func (c *Copy) read(ctx context.Context, opened *reader.Reader, t *Table, question string) (err error) {
	var arguments []any
	for _, named := range []sql.NamedArg{
		sql.Named("accounts", c.Accounts), sql.Named("keys", c.keys), sql.Named("holder", c.Holder),
	} {
		if strings.Contains(question, "$"+named.Name) {
			arguments = append(arguments, named)
		}
	}
	rows, err := opened.Database().QueryContext(ctx, question, arguments...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		t.Rows = append(t.Rows, json.RawMessage(text))
	}
	return rows.Err()
}
