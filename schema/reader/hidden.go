package reader

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema/models"
)

// PersonalFields are the words that Column.Personal has.
func PersonalFields() []string { return models.PersonalFields() }

// publicTexts name no person, whatever column they are in. Names of merchants from a seed of fcpipe's own belong here.
var publicTexts = [][]byte{{}, []byte("(NO TEXT)")}

// IsPublic reports whether a text in a personal column names no person and need not be hidden.
func IsPublic(text []byte) bool {
	return slices.ContainsFunc(publicTexts, func(public []byte) bool { return bytes.Equal(public, text) })
}

// Hidden says what of a dataset is not to be shown.
type Hidden struct {
	Dropped   []string // columns whose every value is null
	Disguised []string // columns whose values the caller replaces; the reader yields them as they are

	// Order is a secret. Rows whose order goes by a disguised column come in that of the hash of its value and of this:
	// in the order of the values they would tell which of two comes first in the alphabet.
	Order string
}

// Hide is the dataset without what is not to be shown. The file never yields a dropped value. Rows that a dropped
// column told apart are not told apart any more: then the dataset has no key. Partitions have fingerprints of the
// values that the reader yields.
func (d Dataset) Hide(hidden Hidden) Dataset {
	d.Columns = slices.Clone(d.Columns)
	var nulls []string
	for i := range d.Columns {
		column := &d.Columns[i]
		if slices.Contains(hidden.Dropped, column.Name) {
			column.Nullable = true
			nulls = append(nulls, fmt.Sprintf("CAST(NULL AS %s) AS %s", column.Type, Identifier(column.Name)))
		}
	}
	if len(nulls) > 0 {
		d.query = fmt.Sprintf("SELECT * REPLACE (%s) FROM (%s)", strings.Join(nulls, ", "), d.query)
	}
	if slices.ContainsFunc(d.Key, func(name string) bool { return slices.Contains(hidden.Dropped, name) }) {
		d.Key = nil
		for i := range d.Columns {
			d.Columns[i].Unique = false
		}
	}
	d.bounds = slices.DeleteFunc(slices.Clone(d.bounds), func(column Column) bool { // they are published
		return slices.Contains(hidden.Dropped, column.Name) || slices.Contains(hidden.Disguised, column.Name)
	})
	return d.hideOrder(hidden)
}

// hideOrder makes the order of rows one that tells nothing of hidden values. Where it began with one, the dataset is
// sorted by nothing that its readers could name.
func (d Dataset) hideOrder(hidden Hidden) Dataset {
	var order []string
	sorted, drops := []SortedColumn{}, false
	add := func(name, plain string) {
		if !slices.Contains(hidden.Disguised, name) {
			order = append(order, plain)
			return
		}
		order = append(order, fmt.Sprintf("sha256(CAST($1 AS VARCHAR) || %s)", Identifier(name)))
		d.orderSecret = hidden.Order
	}
	for _, column := range d.SortedBy {
		if slices.Contains(hidden.Dropped, column.Name) {
			drops = true
			continue
		}
		if add(column.Name, column.String()); d.orderSecret == "" {
			sorted = append(sorted, column)
		}
	}
	for _, column := range d.Columns { // rows that only a dropped column told apart still have one order
		if drops && !slices.ContainsFunc(d.SortedBy, func(s SortedColumn) bool { return s.Name == column.Name }) {
			add(column.Name, Identifier(column.Name))
		}
	}
	d.order, d.SortedBy, d.sortedAs = strings.Join(order, ", "), sorted, nil
	return d
}

// String is the column as ORDER BY has it.
func (s SortedColumn) String() string {
	text := Identifier(s.Name)
	if s.Descending {
		text += " DESC"
	}
	if s.NullsFirst {
		return text + " NULLS FIRST"
	}
	return text + " NULLS LAST"
}
