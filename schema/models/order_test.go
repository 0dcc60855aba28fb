package models_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/models"
)

// TestTablesReadAreThoseOfTheParser: what a model reads is found by its text; DuckDB's own parser finds the same.
func TestTablesReadAreThoseOfTheParser(t *testing.T) {
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	connection := inMemory(t)
	queries := map[string]string{
		"texts":  "SELECT 'FROM main.accounts' AS a, -- FROM main.balances\n'it''s ledger.labels' FROM meta.store",
		"macros": "SELECT meta.minor(x), expenses.f(main.transactions.x) FROM main.transactions",
		"twice":  "FROM ledger.labels JOIN ledger.labels l USING (x) WHERE EXISTS (FROM pii.owners)",
	}
	for _, h := range headers {
		queries[h.Name] = h.Query
	}
	for name, query := range queries {
		var text string
		if err := connection.QueryRowContext(
			t.Context(), "SELECT json_serialize_sql(CAST(? AS VARCHAR))::VARCHAR", query,
		).Scan(&text); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var tree map[string]any
		if err := json.Unmarshal([]byte(text), &tree); err != nil || tree["error"] == true {
			t.Fatalf("%s: %v %v", name, err, tree["error_message"])
		}
		parsed := slices.Compact(slices.Sorted(slices.Values(tablesIn(tree, nil))))
		if read := models.TablesRead(query); !slices.Equal(read, parsed) {
			t.Errorf("%s reads %q, DuckDB finds %q", name, read, parsed)
		}
	}
}

// tablesIn lists the tables of a tree of DuckDB's parser: those with a schema, others are parts of the query.
func tablesIn(node any, found []string) []string {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			found = tablesIn(child, found)
		}
	case map[string]any:
		if node["type"] == "BASE_TABLE" && node["schema_name"] != "" {
			found = append(found, fmt.Sprintf("%v.%v", node["schema_name"], node["table_name"]))
		}
		for _, child := range node {
			found = tablesIn(child, found)
		}
	}
	return found
}
