package models_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema/models"
)

// wholeRows are models that hand whole rows of a table from one part of their SELECT to another, so that a plan names
// all of its columns: by model and table, the part. Whoever changes one of these SELECTs compares by hand.
var wholeRows = map[string]string{
	"ledger.review_rows by ledger.labels":             "moved, which is materialized",
	"ledger.user_labels by ledger.dated_transactions": "d, an argument of ledger.rule_fits",
}

// TestTouchedRulesNameEveryColumnThatIsRead: a model that says which columns of a table it is touched by names all
// that its SELECT reads of it, as DuckDB plans it. One that is left out changes without being felt. A plan names the
// table of a view, so what a model reads of both has to be felt by one of them.
func TestTouchedRulesNameEveryColumnThatIsRead(t *testing.T) {
	database, headers := booksToExplain(t)
	b := &randomBank{shelf: &shelf{t: t, database: database}}
	whole, views := map[string]bool{}, map[string]models.Header{}
	for _, h := range headers {
		if h.IsView {
			views[h.Name] = h
		}
	}
	for _, h := range headers {
		read := b.columnsRead(h)
		for table, felt := range columnsFelt(h, views) {
			missing := slices.DeleteFunc(slices.Clone(read[table]), func(column string) bool {
				return felt == nil || slices.Contains(felt, column)
			})
			place := h.Name + " by " + table
			if len(missing) > 0 && wholeRows[place] != "" {
				whole[place] = true
			} else if len(missing) > 0 {
				t.Errorf("touched by: %s reads %s, whose changes it does not feel", place, strings.Join(missing, ", "))
			}
		}
	}
	for place := range wholeRows {
		if !whole[place] {
			t.Errorf("%s hands no whole rows: remove it from the list", place)
		}
	}
}

// columnsFelt are the columns of tables that rules of a header name, those of a view with those of its table, under the
// names the table has them by; nil where a rule feels all.
func columnsFelt(h models.Header, views map[string]models.Header) map[string][]string {
	felt, all := map[string][]string{}, map[string]bool{}
	for table, rule := range h.Touches {
		if rule.Query == "" {
			continue
		}
		columns := rule.Columns
		if view, isView := views[table]; isView {
			table, columns = view.Shows, underOwnNames(view, columns)
		}
		felt[table] = append(felt[table], columns...)
		all[table] = all[table] || len(columns) == 0
	}
	for table := range all {
		if all[table] {
			felt[table] = nil
		}
	}
	return felt
}

// shownAs finds a column that a view shows under another name.
var shownAs = regexp.MustCompile(`([a-z0-9_]+) AS ([a-z0-9_]+)`)

// underOwnNames are columns of a view by the names its table has.
func underOwnNames(view models.Header, columns []string) []string {
	names := map[string]string{}
	for _, found := range shownAs.FindAllStringSubmatch(view.Query, -1) {
		names[found[2]] = found[1]
	}
	own := slices.Clone(columns)
	for i, column := range own {
		own[i] = cmp.Or(names[column], column)
	}
	return own
}

// identifiers finds names of columns in a step of a plan; quoted are the texts in it.
var (
	identifiers = regexp.MustCompile(`[a-z_][a-z_0-9]*`)
	quoted      = regexp.MustCompile(`'(?:[^']|'')*'`)
)

// planNode is a step of a plan as DuckDB explains it.
type planNode struct {
	Name     string         `json:"name"`
	Children []planNode     `json:"children"`
	Extra    map[string]any `json:"extra_info"`
}

// columnsRead are the columns that the SELECT of a model reads of each table.
func (b *randomBank) columnsRead(h models.Header) map[string][]string {
	b.t.Helper()
	query := models.Parameters{ReportZone: "America/New_York"}.Bind(h.Query)
	var key, text string
	if err := b.database.QueryRowContext(b.t.Context(), "EXPLAIN (FORMAT JSON) "+query).Scan(&key, &text); err != nil {
		b.t.Fatalf("%s: %v", h.Name, err)
	}
	var plan []planNode
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		b.t.Fatal(err)
	}
	found := map[string][]string{}
	for _, node := range plan {
		b.scanned(node, found)
	}
	return found
}

// scanned adds the columns that a step of a plan and those below it read: what it puts out, and what it filters by.
func (b *randomBank) scanned(node planNode, found map[string][]string) {
	if table, isScan := node.Extra["Table"].(string); isScan {
		parts := strings.Split(table, ".")
		table = strings.Join(parts[max(0, len(parts)-2):], ".")
		words := fmt.Sprint(node.Extra["Projections"], " ", node.Extra["Filters"])
		for _, word := range identifiers.FindAllString(quoted.ReplaceAllString(words, ""), -1) {
			if b.hasColumn(table, word) && !slices.Contains(found[table], word) {
				found[table] = append(found[table], word)
			}
		}
	}
	for _, child := range node.Children {
		b.scanned(child, found)
	}
}

// hasColumn reports whether a table has a column.
func (b *randomBank) hasColumn(table, column string) bool {
	b.t.Helper()
	if b.columns == nil {
		b.columns = b.strings("SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns() " +
			"WHERE NOT internal")
	}
	return slices.Contains(b.columns, table+"."+column)
}
