package models_test

import (
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
	"ledger.refund_links by ledger.transactions":      "given and bought, which are materialized",
	"ledger.review_rows by ledger.transactions":       "moved, which is materialized",
	"ledger.user_labels by ledger.dated_transactions": "d, an argument of ledger.rule_fits",
}

// TestTouchedRulesNameEveryColumnThatIsRead: a model that says which columns of a table it is touched by names all
// that its SELECT reads of it, as DuckDB plans it. One that is left out changes without being felt.
func TestTouchedRulesNameEveryColumnThatIsRead(t *testing.T) {
	database, headers := booksToExplain(t)
	b := &randomBank{shelf: &shelf{t: t, database: database}}
	whole, shows := map[string]bool{}, map[string]string{}
	for _, h := range headers {
		if h.IsView { // a plan names the table
			shows[h.Name] = h.Shows
		}
	}
	for _, h := range headers {
		read := b.columnsRead(h)
		for view, table := range shows {
			read[view] = read[table]
		}
		for table, rule := range h.Touches {
			if len(rule.Columns) == 0 || rule.Query == "" {
				continue
			}
			place := h.Name + " by " + table
			missing := slices.DeleteFunc(slices.Clone(read[table]), func(column string) bool {
				return slices.Contains(rule.Columns, column)
			})
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
