package schema

import (
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite generated files")

// TestGoldenFieldIDs holds fields.csv complete: every column of every table and dataset has a number.
func TestGoldenFieldIDs(t *testing.T) {
	s := newTestStore(t)
	s.round(Landed{Accounts: []Account{testAccount("fca_1")}})
	reader, err := OpenReader(t.Context(), s.Layout(), s.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	rows, err := describe(t.Context(), reader.Database())
	if err != nil {
		t.Fatal(err)
	}
	var wanted [][2]string
	lists := map[[2]string]bool{}
	for _, row := range rows {
		if row.position > 0 {
			column := [2]string{row.schema + "." + row.table, row.column}
			wanted = append(wanted, column)
			lists[column] = strings.HasSuffix(row.dataType, "[]")
		}
	}
	wanted = append(wanted, lakeOnlyColumns(t)...)
	completed := completeFields(t, fieldsFile, wanted, lists)
	switch {
	case *update:
		writeFile(t, "fields.csv", completed)
	case completed != sortedByTable(t, fieldsFile):
		t.Error("fields.csv is not complete: run make golden")
	}
}

// completeFields gives every column without a number the next one of its table, and the elements
// of lists theirs. A column of a table that has numbers already comes later than its first files.
func completeFields(t *testing.T, text string, columns [][2]string, lists map[[2]string]bool) string {
	t.Helper()
	fields, err := parseFields(text)
	if err != nil {
		t.Fatal(err)
	}
	known := maps.Clone(fields)
	add := func(table, column string, f field) {
		fields[table] = maps.Clone(fields[table])
		if fields[table] == nil {
			fields[table] = map[string]field{}
		}
		fields[table][column] = f
		text += fmt.Sprintf("%s,%s,%d", table, column, f.id)
		if f.later {
			text += "," + laterMark
		}
		text += "\n"
	}
	for _, column := range columns {
		table, name := column[0], column[1]
		if fields[table][name].id == 0 {
			add(table, name, field{fields.next(table), known[table] != nil})
		}
		if lists[column] && fields[table][name+elementSuffix].id == 0 {
			add(table, name+elementSuffix, field{id: elementOffset + fields[table][name].id})
		}
	}
	return sortedByTable(t, text)
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
	reader := csv.NewReader(strings.NewReader(text))
	reader.FieldsPerRecord = -1
	records, err := reader.ReadAll()
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
	reader, err := OpenReader(t.Context(), s.Layout(), s.Settings())
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
