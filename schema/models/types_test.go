package models_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/models"
	"fcpipe/schema/models/text"
)

// madeType finds a type of a closed list, and its values.
var madeType = regexp.MustCompile(`CREATE OR REPLACE TYPE ([a-z]+\.[a-z_]+) AS ENUM \(([^)]*)\)`)

// quotedText finds a text of SQL that has no quote in it.
var quotedText = regexp.MustCompile(`'([^']*)'`)

// typesMade are the values of each type of a closed list.
func typesMade(t *testing.T) map[string][]string {
	t.Helper()
	types := map[string][]string{}
	for _, found := range madeType.FindAllStringSubmatch(models.Macros(), -1) {
		for _, value := range quotedText.FindAllStringSubmatch(found[2], -1) {
			types[found[1]] = append(types[found[1]], value[1])
		}
	}
	if len(types) == 0 || len(types["ledger.category"]) < 100 {
		t.Fatal(types)
	}
	return types
}

// TestListsAreInTheOrderOfTheirBytes: DuckDB sorts a value by its place in the list, and people and models read texts.
// Columns are told apart by their lists, so no two types have the same.
func TestListsAreInTheOrderOfTheirBytes(t *testing.T) {
	t.Parallel()
	names := map[string]string{}
	for name, values := range typesMade(t) {
		if !slices.IsSorted(values) || len(slices.Compact(slices.Clone(values))) < len(values) {
			t.Errorf("%s: %q", name, values)
		}
		list := strings.Join(values, ",")
		if names[list] != "" {
			t.Errorf("%s has the values of %s", name, names[list])
		}
		names[list] = name
	}
}

// modelTexts are the files of models and macros, without their comments.
func modelTexts(t *testing.T) map[string]string {
	t.Helper()
	files, err := fs.Glob(schema.ModelFiles, "*/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	comment := regexp.MustCompile(`(?m)--.*$`)
	texts := map[string]string{}
	for _, file := range files {
		content, err := fs.ReadFile(schema.ModelFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = comment.ReplaceAllString(string(content), "")
	}
	return texts
}

// written are the literals that an expression before the colons of its type may be: the literal itself, or those behind
// THEN and ELSE within parentheses that close there.
func written(before string) (literals []string) {
	literal := regexp.MustCompile(`'([^']*)'$`)
	if found := literal.FindStringSubmatch(before); found != nil {
		return found[1:]
	}
	if !strings.HasSuffix(before, ")") {
		return nil
	}
	from, open := len(before)-1, 0
	for ; from >= 0; from-- {
		if before[from] == ')' {
			open++
		} else if before[from] == '(' {
			if open--; open == 0 {
				break
			}
		}
	}
	result := regexp.MustCompile(`(?:THEN|ELSE)\s+'([^']*)'`)
	for _, found := range result.FindAllStringSubmatch(before[max(from, 0):], -1) {
		literals = append(literals, found[1])
	}
	return literals
}

// TestModelsWriteWhatTheirTypesHave: DuckDB says it of a literal only where a row has it, and that would stop a round.
func TestModelsWriteWhatTheirTypesHave(t *testing.T) {
	t.Parallel()
	types := typesMade(t)
	cast := regexp.MustCompile(`::((?:ledger|quality|underwriting|expenses)\.[a-z_]+)`)
	count := 0
	for file, content := range modelTexts(t) {
		for _, at := range cast.FindAllStringSubmatchIndex(content, -1) {
			name := content[at[2]:at[3]]
			if types[name] == nil {
				t.Errorf("%s: there is no type %s", file, name)
			}
			for _, value := range written(content[:at[0]]) {
				count++
				if !slices.Contains(types[name], value) {
					t.Errorf("%s: %s has no value %q", file, name, value)
				}
			}
		}
	}
	if count < 30 {
		t.Errorf("only %d literals", count)
	}
}

// rulesOfTexts are the files by which texts are read.
func rulesOfTexts(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, folder := range []fs.FS{os.DirFS("text"), schema.SeedFiles} {
		err := fs.WalkDir(folder, ".", func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(file) != ".csv" && path.Ext(file) != ".go" {
				return err
			}
			content, err := fs.ReadFile(folder, file)
			all.Write(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// TestListsHaveNoValueThatNothingWrites: each value of a list stands in a model, or in what texts are read by.
func TestListsHaveNoValueThatNothingWrites(t *testing.T) {
	t.Parallel()
	texts := modelTexts(t)
	delete(texts, "ledger/types.sql")
	rules := rulesOfTexts(t)
	for name, values := range typesMade(t) {
		for _, value := range values {
			found := strings.Contains(rules, value)
			for _, content := range texts {
				found = found || strings.Contains(content, "'"+value+"'")
			}
			if !found {
				t.Errorf("nothing writes %q of %s", value, name)
			}
		}
	}
}

// TestTextsSayWhatTheirTypesHave: of the rules by which texts are read.
func TestTextsSayWhatTheirTypesHave(t *testing.T) {
	t.Parallel()
	types := typesMade(t)
	for _, rule := range []struct{ file, column, name string }{
		{"templates.csv", "rail", "ledger.rail"},
		{"rails.csv", "rail", "ledger.rail"},
		{"processors.csv", "rail", "ledger.rail"},
		{"tails.csv", "rail", "ledger.rail"},
		{"categories.csv", "strength", "ledger.strength"},
		{"processors.csv", "category", "ledger.category"},
		{"words.csv", "category", "ledger.category"},
		{"seeds/merchants.csv", "category", "ledger.category"},
		{"seeds/online_merchants.csv", "category", "ledger.category"},
		{"seeds/taxonomy.csv", "pl", "ledger.treatment"},
		{"seeds/taxonomy.csv", "need", "ledger.need"},
		{"seeds/taxonomy.csv", "gate", "ledger.gate"},
		{"seeds/taxonomy.csv", "flow", "ledger.flow"},
	} {
		var folder fs.FS = schema.SeedFiles
		if !strings.Contains(rule.file, "/") {
			folder = os.DirFS("text")
		}
		lines, err := text.Table(folder, rule.file)
		if err != nil || len(lines) == 0 {
			t.Fatal(rule.file, len(lines), err)
		}
		for _, line := range lines {
			if value := line[rule.column]; value != "" && !slices.Contains(types[rule.name], value) {
				t.Errorf("%s: %s has no value %q", rule.file, rule.name, value)
			}
		}
	}
}
