package models

import (
	_ "embed" // fields.csv
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fcpipe/schema"
)

// ElementSuffix follows the name of a list in that of its element, as Parquet calls it.
const ElementSuffix = ".list.element"

const (
	elementOffset = 1000 // an element's number is its column's and this
	laterMark     = "later"
)

// Field is what fields.csv says of a column.
type Field struct {
	ID    int
	Later bool // its table had files without it, so it can never be required of a reader

	// Personal is the personal field whose texts it holds, as Stripe sent them; "" holds none
	Personal string
}

// FieldTable is fields.csv: table → column → field.
type FieldTable map[string]map[string]Field

// LoadFields reads fields.csv.
func LoadFields() (FieldTable, error) { return parseFields(schema.FieldsFile) }

func parseFields(text string) (FieldTable, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.FieldsPerRecord = -1 // marks are there or not
	records, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("fields.csv: %w", err)
	}
	fields, given := FieldTable{}, map[string]bool{}
	for i, line := range records[min(1, len(records)):] {
		f, err := parseField(line)
		if err != nil {
			return nil, fmt.Errorf("fields.csv:%d: %w", i+2, err)
		}
		table, column := line[0], line[1]
		if _, known := fields[table][column]; known {
			return nil, fmt.Errorf("fields.csv:%d: %s.%s has a number already", i+2, table, column)
		}
		key := table + "#" + line[2]
		if given[key] {
			return nil, fmt.Errorf("fields.csv:%d: number %d of %s is given twice", i+2, f.ID, table)
		}
		given[key] = true
		if fields[table] == nil {
			fields[table] = map[string]Field{}
		}
		fields[table][column] = f
	}
	return fields, nil
}

// parseField reads a line's number and marks.
func parseField(line []string) (Field, error) {
	if len(line) < 3 {
		return Field{}, fmt.Errorf("want table,column,number or table,column,number,%s", laterMark)
	}
	number, err := strconv.Atoi(line[2])
	if err != nil || number < 1 || strconv.Itoa(number) != line[2] {
		return Field{}, fmt.Errorf("%q is no number", line[2])
	}
	f := Field{ID: number}
	for _, mark := range line[3:] {
		personal, isPersonal := strings.CutPrefix(mark, personalMark)
		switch {
		case mark == laterMark && !f.Later:
			f.Later = true
		case isPersonal && f.Personal == "" && slices.Contains(PersonalFields(), personal):
			f.Personal = personal
		default:
			return Field{}, fmt.Errorf("want table,column,number or table,column,number,%s or …,%s%s", laterMark,
				personalMark, strings.Join(PersonalFields(), " or "+personalMark))
		}
	}
	return f, nil
}

// next is the number a new column of a table gets: one more than any of its columns has.
func (t FieldTable) next(table string) int {
	numbers := []int{0}
	for name, f := range t[table] {
		if !strings.HasSuffix(name, ElementSuffix) {
			numbers = append(numbers, f.ID)
		}
	}
	return slices.Max(numbers) + 1
}
