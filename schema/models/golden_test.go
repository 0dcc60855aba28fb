package models_test

import (
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"fcpipe/schema"
	"fcpipe/schema/models"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

var update = flag.Bool("update", false, "rewrite generated files")

// TestGoldenFieldIDs holds fields.csv complete: every column of every table and dataset has a number.
func TestGoldenFieldIDs(t *testing.T) {
	s := sharedHouseholds.afterFirst(t)
	reader, err := reader.Open(t.Context(), s.Layout(), s.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	rows, err := models.Describe(t.Context(), reader.Database())
	if err != nil {
		t.Fatal(err)
	}
	var wanted [][2]string
	lists := map[[2]string]bool{}
	for _, row := range rows {
		if row.Position > 0 {
			column := [2]string{row.Schema + "." + row.Table, row.Column}
			wanted = append(wanted, column)
			lists[column] = strings.HasSuffix(row.DataType, "[]")
		}
	}
	wanted = append(wanted, lakeOnlyColumns(t)...)
	completed := completeFields(t, schema.FieldsFile, wanted, lists)
	switch {
	case *update:
		storetest.WriteFile(t, "../fields.csv", completed)
	case completed != sortedByTable(t, schema.FieldsFile):
		t.Error("fields.csv is not complete: run make golden")
	}
}

// completeFields gives every column without a number the next one of its table, and the elements
// of lists theirs. A column of a table that has numbers already comes later than its first files.
func completeFields(t *testing.T, text string, columns [][2]string, lists map[[2]string]bool) string {
	t.Helper()
	fields, err := models.ParseFields(text)
	if err != nil {
		t.Fatal(err)
	}
	known := maps.Clone(fields)
	add := func(table, column string, f models.Field) {
		fields[table] = maps.Clone(fields[table])
		if fields[table] == nil {
			fields[table] = map[string]models.Field{}
		}
		fields[table][column] = f
		text += fmt.Sprintf("%s,%s,%d", table, column, f.ID)
		if f.Later {
			text += "," + models.LaterMark
		}
		text += "\n"
	}
	for _, column := range columns {
		table, name := column[0], column[1]
		if fields[table][name].ID == 0 {
			add(table, name, models.Field{ID: fields.Next(table), Later: known[table] != nil})
		}
		if lists[column] && fields[table][name+models.ElementSuffix].ID == 0 {
			add(table, name+models.ElementSuffix, models.Field{ID: models.ElementOffset + fields[table][name].ID})
		}
	}
	return sortedByTable(t, text)
}

// lakeOnlyColumns are partition columns and the feed's own: in Parquet, in no table.
func lakeOnlyColumns(t *testing.T) [][2]string {
	var columns [][2]string
	datasets, err := models.LoadHeaders(schema.LakeFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, dataset := range datasets {
		for _, column := range dataset.Columns {
			columns = append(columns, [2]string{dataset.Table, column.Name})
		}
	}
	models, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range models {
		if model.Partition.Name != "" {
			columns = append(columns, [2]string{model.Name, model.Partition.Name})
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
	s := sharedHouseholds.afterFirst(t)
	reader, err := reader.Open(t.Context(), s.Layout(), s.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	rows, err := models.Describe(t.Context(), reader.Database())
	if err != nil {
		t.Fatal(err)
	}
	personal, err := models.LoadPersonal()
	if err != nil {
		t.Fatal(err)
	}
	page := dictionaryPage(rows, personal)
	if *update {
		storetest.WriteFile(t, "../README.md", page)
	}
	if string(storetest.ReadFile(t, "../README.md")) != page {
		t.Error("README.md is not what the tables say: run make golden")
	}
}

// aboutLists is what the page says of columns whose type has a dot.
const aboutLists = "A type such as `ledger.treatment` is a closed list of words that fcpipe itself writes, an " +
	"ENUM: `SELECT enum_range(NULL::ledger.treatment)` gives them, in the order of texts. It is compared, joined, " +
	"sorted and passed to functions as text is: `category = 'fee.late'`, `category LIKE 'fee.%'`; only a " +
	"slice, `category[:3]`, is `left(category, 3)`. A word that is not " +
	"in the list finds no row, as with texts; `'fod'::ledger.category` is an error. Programs see texts, but for " +
	"pandas, to which DuckDB hands categories (group with `observed=True`, or select `category::VARCHAR`), Arrow " +
	"and Polars, which get dictionaries. What Stripe and banks send (statuses, categories of accounts, currencies) " +
	"is VARCHAR, as a new value may come; the lake has strings only."

func dictionaryPage(rows []models.DictionaryRow, personal models.PersonalColumns) string {
	var page strings.Builder
	page.WriteString(
		"# The data dictionary\n\n" +
			"Written from the comments of the tables by `make golden`; the same text is in the file itself:\n" +
			"`fcpipe query \"select * from meta.dictionary\"`.\n\n" +
			"Money is BIGINT minor units beside a currency, time is UTC, null is never zero.\n" +
			"`main` is what Stripe said, `ledger`, `quality`, `underwriting` and `expenses` are derived from it, " +
			"`meta` is\n" +
			"about the file itself, `pii` is personal data that stays in the file.\n\n" +
			"Columns with *(descriptions)* or *(owners)* hold texts that may name people, or parts of them. In the " +
			"lake they are\nas `privacy.lake` says.\n\n" + folded(aboutLists) + "\n",
	)
	for _, table := range rows {
		if table.Position > 0 {
			continue
		}
		if parameters, isMacro := strings.CutPrefix(table.DataType, "TABLE MACRO "); isMacro {
			fmt.Fprintf(
				&page,
				"\n## %s.%s%s\n\n%s\n",
				table.Schema,
				table.Table,
				parameters,
				folded(table.Description+"."),
			)
			continue
		}
		fmt.Fprintf(
			&page, "\n## %s.%s\n\n%s\n\n| column | type | null | meaning |\n|---|---|---|---|\n", table.Schema,
			table.Table, folded(table.Description+"."),
		)
		for _, row := range rows {
			if row.Position > 0 && row.Schema == table.Schema && row.Table == table.Table {
				null := ""
				if row.Nullable {
					null = "may be"
				}
				meaning := row.Description
				if field := personal[row.Schema+"."+row.Table][row.Column]; field != "" {
					meaning += " *(" + field + ")*"
				}
				fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", row.Column, row.DataType, null, meaning)
			}
		}
	}
	return page.String()
}

// folded breaks a paragraph into lines of at most 120 characters.
func folded(text string) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > 120 {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n")
}
