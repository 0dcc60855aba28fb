package models

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Personal fields, by which a configuration says what the lake shows of texts that may name people.
const (
	PersonalDescriptions = "descriptions" // what banks write about movements
	PersonalOwners       = "owners"       // what owners are called, and what they call their accounts
)

// PersonalFields are all of them.
func PersonalFields() []string { return []string{PersonalDescriptions, PersonalOwners} }

const (
	personalMark  = "personal=" // in fields.csv, before the personal field a column holds
	noColumns     = "nothing"   // in a header: the table reads a personal column, and holds nothing of its text
	personalUsage = "want \"personal: COLUMNS from TABLE.COLUMN\" or \"personal: nothing from TABLE.COLUMN, because …\""
)

// Lineage says which columns of a derived table hold texts, or parts of texts, of a personal column of another table.
// A header states it as "personal: COLUMNS from TABLE.COLUMN". A column with names from a seed of fcpipe's own, which
// name no person, is not personal; neither is one with words of a closed list, such as a rail.
type Lineage struct {
	Columns       []string // none: the table only reads the column, as a test of equality does
	Table, Column string   // where the texts come from
}

// parseLineage reads "COLUMNS from TABLE.COLUMN".
func (h *Header) parseLineage(value string) error {
	columns, source, found := strings.Cut(value, " from ")
	source, reason, hasReason := strings.Cut(source, ", ")
	at := strings.LastIndex(source, ".")
	isNothing := columns == noColumns
	if !found || at < 1 || strings.Contains(source, " ") || isNothing != hasReason || hasReason && reason == "" {
		return fmt.Errorf("%s, found \"personal: %s\"", personalUsage, value)
	}
	lineage := Lineage{Table: source[:at], Column: source[at+1:]}
	if !isNothing {
		lineage.Columns = SplitList(columns)
	}
	h.Personal = append(h.Personal, lineage)
	return nil
}

// PersonalColumns is table → column → personal field, of every table that holds texts of one.
type PersonalColumns map[string]map[string]string

// LoadPersonal reads the marks of fields.csv, which are those of the tables that hold what Stripe said, and follows
// them through the headers of derived tables.
func LoadPersonal() (PersonalColumns, error) {
	fields, err := LoadFields()
	if err != nil {
		return nil, err
	}
	return followPersonal(fields, Files)
}

func followPersonal(fields FieldTable, files fs.FS) (PersonalColumns, error) {
	headers, err := LoadHeaders(files)
	if err != nil {
		return nil, err
	}
	personal := PersonalColumns{}
	for table, columns := range fields {
		for name, field := range columns {
			if field.Personal != "" {
				personal.mark(table, name, field.Personal)
			}
		}
	}
	waiting := headers
	for len(waiting) > 0 { // a table after those it reads
		var later []Header
		for _, h := range waiting {
			if !personal.follow(h) {
				later = append(later, h)
			}
		}
		if len(later) == len(waiting) {
			return nil, fmt.Errorf("%s: personal: texts are said to come from a column that is not personal",
				later[0].file)
		}
		waiting = later
	}
	for _, h := range headers {
		if err := personal.check(h); err != nil {
			return nil, fmt.Errorf("%s: personal: %w", h.file, err)
		}
	}
	return personal, nil
}

// follow marks the columns of a derived table, if all that they come from is marked.
func (p PersonalColumns) follow(h Header) bool {
	for _, lineage := range h.Personal {
		if p[lineage.Table][lineage.Column] == "" {
			return false
		}
	}
	for _, lineage := range h.Personal {
		for _, column := range lineage.Columns {
			p.mark(h.Name, column, p[lineage.Table][lineage.Column])
		}
	}
	return true
}

// check refuses marks of columns that a table does not have, or that are of two fields.
func (p PersonalColumns) check(h Header) error {
	for _, lineage := range h.Personal {
		for _, column := range lineage.Columns {
			if !slices.ContainsFunc(h.Columns, func(c DeclaredColumn) bool { return c.Name == column }) {
				return fmt.Errorf("there is no column %s", column)
			}
			if field := p[lineage.Table][lineage.Column]; p[h.Name][column] != field {
				return fmt.Errorf("column %s comes from %s and from %s; a column is of one", column, field,
					p[h.Name][column])
			}
		}
	}
	return nil
}

func (p PersonalColumns) mark(table, column, field string) {
	if p[table] == nil {
		p[table] = map[string]string{}
	}
	p[table][column] = field
}

// Of is column → personal field of a dataset: its columns are those of its table, unless its header says more.
func (p PersonalColumns) Of(dataset Header) map[string]string {
	found := maps.Clone(p[dataset.Table])
	if found == nil {
		found = map[string]string{}
	}
	for _, lineage := range dataset.Personal {
		for _, column := range lineage.Columns {
			found[column] = p[lineage.Table][lineage.Column]
		}
	}
	return found
}
