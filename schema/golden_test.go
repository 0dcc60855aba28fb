package schema

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite generated files")

// TestGoldenFieldIDs holds fields.csv complete: every column of every table and dataset has a number.
func TestGoldenFieldIDs(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}})
	reader, err := OpenReader(t.Context(), s.layout, s.settings())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	rows, err := describe(t.Context(), reader.Database())
	if err != nil {
		t.Fatal(err)
	}
	var wanted [][2]string
	for _, row := range rows {
		if row.position > 0 {
			wanted = append(wanted, [2]string{row.schema + "." + row.table, row.column})
		}
	}
	wanted = append(wanted, lakeOnlyColumns(t)...)
	ids, err := loadFieldIDs()
	if err != nil {
		t.Fatal(err)
	}
	text := fieldIDs
	for _, column := range wanted {
		if ids[column[0]][column[1]] != 0 {
			continue
		}
		if !*update {
			t.Errorf("%s.%s has no field id: run make golden", column[0], column[1])
			continue
		}
		next := 1
		for _, number := range ids[column[0]] {
			next = max(next, number+1)
		}
		if ids[column[0]] == nil {
			ids[column[0]] = map[string]int{}
		}
		ids[column[0]][column[1]] = next
		text += strings.Join([]string{column[0], column[1], strconv.Itoa(next)}, ",") + "\n"
	}
	if *update {
		writeFile(t, "fields.csv", sortedByTable(t, text))
	}
}

// lakeOnlyColumns are partition columns and the feed's own: in Parquet, in no table.
func lakeOnlyColumns(t *testing.T) [][2]string {
	var columns [][2]string
	datasets, err := loadHeaders(lakeFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, dataset := range datasets {
		for _, column := range dataset.columns {
			columns = append(columns, [2]string{dataset.table, column.name})
		}
	}
	models, err := loadHeaders(modelFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range models {
		if model.partition.name != "" {
			columns = append(columns, [2]string{model.name, model.partition.name})
		}
	}
	return columns
}

// sortedByTable keeps the numbers and groups the lines by table.
func sortedByTable(t *testing.T, text string) string {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(records[1:], func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	var out strings.Builder
	if err := csv.NewWriter(&out).WriteAll(records); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestGoldenReadme holds the data dictionary to the tables.
func TestGoldenReadme(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}})
	reader, err := OpenReader(t.Context(), s.layout, s.settings())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	rows, err := describe(t.Context(), reader.Database())
	if err != nil {
		t.Fatal(err)
	}
	page := dictionaryPage(rows)
	if *update {
		writeFile(t, "README.md", page)
	}
	if string(readFile(t, "README.md")) != page {
		t.Error("README.md is not what the tables say: run make golden")
	}
}

func dictionaryPage(rows []dictionaryRow) string {
	var page strings.Builder
	page.WriteString("# The data dictionary\n\nWritten from the comments of the tables by `make golden`; the same text is in the file itself:\n" +
		"`fcpipe query \"select * from meta.dictionary\"`.\n\nMoney is BIGINT minor units beside a currency, time is UTC, null is never zero.\n" +
		"`main` is what Stripe said, `ledger`, `quality`, `underwriting` and `expenses` are derived from it, `meta` is about the file itself,\n" +
		"`pii` is personal data that stays in the file.\n")
	for _, table := range rows {
		if table.position > 0 {
			continue
		}
		if parameters, isMacro := strings.CutPrefix(table.dataType, "TABLE MACRO "); isMacro {
			fmt.Fprintf(&page, "\n## %s.%s%s\n\n%s.\n", table.schema, table.table, parameters, table.description)
			continue
		}
		fmt.Fprintf(&page, "\n## %s.%s\n\n%s.\n\n| column | type | null | meaning |\n|---|---|---|---|\n", table.schema, table.table, table.description)
		for _, row := range rows {
			if row.position > 0 && row.schema == table.schema && row.table == table.table {
				null := ""
				if row.nullable {
					null = "may be"
				}
				fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", row.column, row.dataType, null, row.description)
			}
		}
	}
	return page.String()
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
