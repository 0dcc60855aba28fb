package access

import (
	"bytes"
	_ "embed" // the page
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"fcpipe/schema"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"words": words, "title": title, "upright": upright, "cells": cells, "shown": shownColumns, "class": rowClass,
	"anchor": anchor, "text": jsonText,
	"count": func(rows []json.RawMessage) int { return len(rows) },
}).Parse(pageText))

// HTML writes the copy as one page for people: no scripts, nothing from elsewhere, fit to be printed.
func (c *Copy) HTML(out io.Writer) error {
	var text bytes.Buffer
	if err := page.Execute(&text, c); err != nil {
		return err
	}
	_, err := out.Write(text.Bytes())
	return err
}

// words is the name of a column as people read it: complete_through_at is "complete through".
func words(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(name, "_at"), "_minor"), "_", " ")
}

// title is the name of a table as people read it; that of a derived one says from which schema.
func title(name string) string {
	schema, table, _ := strings.Cut(name, ".")
	table = strings.ReplaceAll(table, "_", " ")
	if slices.Contains([]string{"main", "meta", "pii"}, schema) {
		return table
	}
	return schema + ": " + table
}

// upright reports whether few rows of many columns are shown one below the other, a line for each value.
func upright(t Table, columns []Column) bool { return len(columns) > 12 && len(t.Rows) <= 20 }

func anchor(name string) string { return strings.ReplaceAll(name, ".", "-") }

// shownColumns are the columns of a table that any of its rows fills.
func shownColumns(t Table) (columns []Column) {
	filled := map[string]bool{}
	for _, row := range t.Rows {
		for name, value := range members(row) {
			filled[name] = filled[name] || string(value) != "null"
		}
	}
	for _, column := range t.Columns {
		if filled[column.Name] {
			columns = append(columns, column)
		}
	}
	return columns
}

func members(row json.RawMessage) (values map[string]json.RawMessage) {
	_ = json.Unmarshal(row, &values) // DuckDB made it
	return values
}

// cell is a value as it is shown.
type cell struct {
	Text  string
	Class string // number, when or ""
}

// cells are the values of a row in the order of columns.
func cells(row json.RawMessage, columns []Column) []cell {
	values := members(row)
	currency := jsonText(values["currency"])
	shown := make([]cell, len(columns))
	for i, column := range columns {
		value := values[column.Name]
		switch {
		case len(value) == 0 || string(value) == "null":
			shown[i] = cell{Text: "–"}
		case strings.HasSuffix(column.Name, "_minor"):
			shown[i] = cell{money(string(value), currency), "number"}
		case strings.HasSuffix(column.Name, "_at") || column.Name == "as_of":
			shown[i] = cell{instant(jsonText(value)), "when"}
		case value[0] == '-' || value[0] >= '0' && value[0] <= '9':
			shown[i] = cell{jsonText(value), "number"}
		default:
			shown[i] = cell{Text: jsonText(value)}
		}
	}
	return shown
}

// rowClass marks a state of a transaction that is not the current one.
func rowClass(row json.RawMessage) string {
	if string(members(row)["is_current"]) == "false" {
		return "earlier"
	}
	return ""
}

// jsonText is a value as text: a text without its quotes, a list with commas, anything else as JSON.
func jsonText(value json.RawMessage) string {
	var text string
	var list []string
	switch {
	case json.Unmarshal(value, &text) == nil:
		return text
	case json.Unmarshal(value, &list) == nil:
		return strings.Join(list, ", ")
	}
	return string(value)
}

// instant is an instant to the second: 2026-06-01 12:00:00 UTC.
func instant(text string) string {
	whole, isUTC := strings.CutSuffix(text, "+00")
	if whole, _, _ = strings.Cut(whole, "."); !isUTC {
		return text
	}
	return strings.TrimSuffix(whole, ":00") + " UTC"
}

// money writes an amount of minor units in its currency: -12.34 USD. Without a currency it stays in minor units.
func money(minor, currency string) string {
	if currency == "" {
		return minor
	}
	digits, isNegative := strings.CutPrefix(minor, "-")
	sign := ""
	if isNegative {
		sign = "−"
	}
	if decimals := schema.Exponent(currency); decimals > 0 {
		digits = fmt.Sprintf("%0*s", decimals+1, digits)
		digits = digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
	}
	return sign + digits + " " + strings.ToUpper(currency)
}
