package schema

import (
	"bufio"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// macroFiles hold the functions models share, in the order they are made; they are no models.
var macroFiles = []string{"ledger/own_texts.sql", "ledger/texts.sql", "ledger/macros.sql"}

// declaredColumn is a column as a header declares it.
type declaredColumn struct {
	name        string
	dataType    string
	notNull     bool
	description string
}

// header is the comment block a .sql file of a model or dataset starts with.
// It is the source of the table's columns, comments and dictionary rows.
type header struct {
	file                string
	name                string // of the model ("ledger.transactions") or dataset ("transactions")
	about               string
	table               string // datasets: the table they show
	order               string // total order of the rows
	key                 []string
	partition           declaredColumn
	partitionExpression string // models: how the lake's partition column is computed
	columns             []declaredColumn
	query               string
}

// parseHeader reads a file of the form
//
//	-- model: ledger.transactions
//	-- about: one sentence
//	-- order: account_key, posted_date, transaction_id
//	-- partition: posted_month = strftime(posted_date, '%Y-%m')
//	-- column account_key: VARCHAR NOT NULL. What it means
//	SELECT …
func parseHeader(file, text string) (header, error) {
	h := header{file: file}
	scan := bufio.NewScanner(strings.NewReader(text))
	scan.Buffer(nil, 1<<20)
	line, offset := 0, 0
	for scan.Scan() {
		comment, isComment := strings.CutPrefix(scan.Text(), "-- ")
		if !isComment {
			break
		}
		line++
		offset += len(scan.Text()) + 1
		if err := h.take(comment); err != nil {
			return h, fmt.Errorf("%s:%d: %w", file, line, err)
		}
	}
	h.query = strings.TrimSuffix(strings.TrimSpace(text[offset:]), ";")
	if h.name == "" || h.order == "" || h.query == "" {
		return h, fmt.Errorf("%s: a header needs a name, an order and a SELECT below", file)
	}
	return h, nil
}

// take reads one line of a header.
func (h *header) take(comment string) error {
	field, value, found := strings.Cut(comment, ": ")
	if !found {
		return fmt.Errorf("want \"field: value\", found %q", comment)
	}
	value = strings.TrimSpace(value)
	switch word, rest, _ := strings.Cut(field, " "); word {
	case "model", "dataset":
		h.name = value
	case "about":
		h.about = value
	case "table":
		h.table = value
	case "order":
		h.order = value
	case "key":
		h.key = splitList(value)
	case "partition":
		name, expression, _ := strings.Cut(value, " = ")
		h.partition = declaredColumn{name: name, dataType: "VARCHAR", notNull: true, description: "Partition of the lake: " + expression}
		h.partitionExpression = expression
	case "column":
		column, err := parseColumn(rest, value)
		if err != nil {
			return err
		}
		h.columns = append(h.columns, column)
	default:
		return fmt.Errorf("unknown field %q", word)
	}
	return nil
}

// parseColumn reads "VARCHAR NOT NULL. What it means".
func parseColumn(name, value string) (declaredColumn, error) {
	dataType, description, found := strings.Cut(value, ". ")
	if !found || description == "" {
		return declaredColumn{}, fmt.Errorf("column %s: want \"TYPE. What it means\"", name)
	}
	dataType, notNull := strings.CutSuffix(dataType, " NOT NULL")
	return declaredColumn{name: name, dataType: dataType, notNull: notNull, description: description}, nil
}

func splitList(text string) []string {
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// loadHeaders parses every .sql file below a file system, but the macros.
func loadHeaders(files fs.FS) ([]header, error) {
	var headers []header
	err := fs.WalkDir(files, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".sql" || slices.Contains(macroFiles, file) {
			return err
		}
		text, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		parsed, err := parseHeader(file, string(text))
		headers = append(headers, parsed)
		return err
	})
	slices.SortFunc(headers, func(a, b header) int { return strings.Compare(a.name, b.name) })
	return headers, err
}
