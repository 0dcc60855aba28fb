package models

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// macroFiles hold the functions models share, in the order they are made; they are no models.
var macroFiles = []string{
	typesFile, "ledger/own_texts.sql", "ledger/transfer_texts.sql", "ledger/texts.sql", "ledger/distress_texts.sql",
	"ledger/macros.sql", "ledger/stream_dates.sql", "ledger/stream_kinds.sql", "ledger/payment_classes.sql",
}

// typesFile makes the types of closed lists, by which headers name the type of a column.
const typesFile = "ledger/types.sql"

// lateMacroFile has table macros that ask derived tables, which DuckDB makes only where these exist; lateMacroReads are
// the tables.
const lateMacroFile = "underwriting/lineage.sql"

var lateMacroReads = []string{
	"ledger.transactions", "ledger.labels", "ledger.cash_accounts", "ledger.daily_balances",
	"ledger.holder_daily_balances", "ledger.stated_balances", "underwriting.attributes", "underwriting.windows",
}

// DeclaredColumn is a column as a header declares it.
type DeclaredColumn struct {
	Name        string
	DataType    string
	NotNull     bool
	Description string
}

// Header is the comment block a .sql file of a model or dataset starts with.
// It is the source of the table's columns, comments and dictionary rows.
type Header struct {
	file         string
	Name         string // of the model ("ledger.transactions") or dataset ("transactions")
	About        string
	Table        string // datasets: the table they show
	Order        string // total order of the rows
	IsSorted     bool   // models: the query gives its rows in that order
	Key          []string
	Intermediate bool   // models: other models read it, the lake does not hold it
	IsView       bool   // models: it shows columns of a table that another model makes, see view.go
	Shows        string // views: that table
	shown        string // views: its columns, each with the name it is shown under where that is another
	// models: the columns of a scope; none: the whole table. With From, the last is a date, and a scope begins on it
	Scope               []string
	From                bool
	Since               string               // models: a date column that bounds the scopes in touched
	Part                []string             // models: columns; rows depend only on input rows with the same values
	PartOf              []string             // models: the inputs of which a part reads its rows; none: all with Part
	PartBytes           int64                // models: memory for a row of a part; zero is bytesOfPartRow
	PartInputs          map[string]string    // models: by input, the SELECT of a part that reads more than its rows
	Widened             string               // models: a SELECT that widens the scopes in touched
	Once                string               // models: a part of the query that is computed once for touched scopes
	Touches             map[string]TouchRule // models: by table read, what a change of it touches
	Inputs              map[string]string    // models: by table read, the SELECT of what the touched scopes read of it
	Partition           DeclaredColumn
	PartitionExpression string // models: how the lake's partition column is computed
	Columns             []DeclaredColumn
	Personal            []Lineage // models: which columns hold texts that may name people, and where they come from
	Query               string
	reads               []string // models: every table the query names, once they are in order
	bound               string   // models: while they are computed, the earliest date of the scopes in touched
}

// columnNames are the names of the columns, as a list.
func (h Header) columnNames() string {
	names := make([]string, len(h.Columns))
	for i, column := range h.Columns {
		names[i] = column.Name
	}
	return strings.Join(names, ", ")
}

// parseHeader reads a file of the form
//
//	-- model: ledger.transactions
//	-- about: one sentence
//	-- order: account_key, posted_date, transaction_id
//	-- partition: posted_month = strftime(posted_date, '%Y-%m')
//	-- column account_key: VARCHAR NOT NULL. What it means, which may
//	--   go on in lines that are indented by two more
//	SELECT …
func parseHeader(file, text string) (Header, error) {
	h := Header{file: file}
	scan := bufio.NewScanner(strings.NewReader(text))
	scan.Buffer(nil, 1<<20)
	var comments []string // continuation lines joined to what they continue
	var numbers []int     // of the lines they begin at
	line, offset := 0, 0
	for scan.Scan() {
		comment, isComment := strings.CutPrefix(scan.Text(), "-- ")
		if !isComment {
			break
		}
		line++
		offset += len(scan.Text()) + 1
		if more, continues := strings.CutPrefix(comment, "  "); continues && len(comments) > 0 {
			comments[len(comments)-1] += " " + strings.TrimSpace(more)
			continue
		}
		comments, numbers = append(comments, comment), append(numbers, line)
	}
	for i, comment := range comments {
		if err := h.parseLine(comment); err != nil {
			return h, fmt.Errorf("%s:%d: %w", file, numbers[i], err)
		}
	}
	h.Query = strings.TrimSuffix(strings.TrimSpace(text[offset:]), ";")
	if h.Name == "" || h.Order == "" || h.Query == "" {
		return h, fmt.Errorf("%s: a header needs a name, an order and a SELECT below", file)
	}
	if err := checkReadable(h.Query); err != nil {
		return h, fmt.Errorf("%s: %w", file, err)
	}
	if h.Once != "" && !strings.Contains(h.Query, h.Once+" AS NOT MATERIALIZED (") {
		return h, fmt.Errorf("%s: the query has no \"%s AS NOT MATERIALIZED (\"", file, h.Once)
	}
	if !h.partsAreInOrder() {
		return h, fmt.Errorf("%s: parts by %s are not in the declared order", file, strings.Join(h.Part, ", "))
	}
	return h, h.resolveView()
}

// partsAreInOrder reports whether the rows of parts, one part after another, are in the declared order of the table.
func (h *Header) partsAreInOrder() bool {
	if len(h.Part) == 0 || h.Intermediate {
		return true
	}
	order := SplitList(h.Order)
	return h.Since == "" && len(h.Part) <= len(order) && slices.Equal(order[:len(h.Part)], h.Part)
}

// parseLine reads one line of a header.
func (h *Header) parseLine(comment string) error {
	field, value, found := strings.Cut(comment, ": ")
	if !found {
		return fmt.Errorf("want \"field: value\", found %q", comment)
	}
	value = strings.TrimSpace(value)
	switch word, rest, _ := strings.Cut(field, " "); word {
	case "model", "dataset":
		h.Name = value
	case "about":
		h.About = value
	case "table":
		h.Table = value
	case "order":
		h.Order = value
	case "sorted":
		h.IsSorted = true
		return only(word, value, "by the SELECT")
	case "scope":
		h.parseScope(value)
	case "since":
		h.Since = value
	case "part":
		return h.parsePart(rest, value)
	case "widened":
		h.Widened = value
	case "once":
		h.Once = value
	case "touched":
		return h.parseTouch(rest, value)
	case "input":
		if h.Inputs == nil {
			h.Inputs = map[string]string{}
		}
		h.Inputs[rest] = value
	case "lake":
		h.Intermediate = true
		return only(word, value, "none")
	case "materialized":
		return h.parseMaterialized(value)
	case "key":
		h.Key = SplitList(value)
	case "personal":
		return h.parseLineage(value)
	case "partition":
		h.parsePartition(value)
	case "column":
		column, err := parseColumn(rest, value)
		if err != nil {
			return err
		}
		h.Columns = append(h.Columns, column)
	default:
		return fmt.Errorf("unknown field %q", word)
	}
	return nil
}

// only refuses another value of a field than the one there is.
func only(field, value, want string) error {
	if value != want {
		return fmt.Errorf("want \"%s: %s\", found %q", field, want, value)
	}
	return nil
}

// parseScope reads the columns of a scope, "account_key, from day" or "all".
func (h *Header) parseScope(value string) {
	if value == "all" {
		return
	}
	h.Scope = SplitList(value)
	last := &h.Scope[len(h.Scope)-1]
	*last, h.From = strings.CutPrefix(*last, "from ")
}

// parsePartition reads the lake's column and how it is computed, "day_month = strftime(day, '%Y-%m')".
func (h *Header) parsePartition(value string) {
	name, expression, _ := strings.Cut(value, " = ")
	h.Partition = DeclaredColumn{
		Name: name, DataType: "VARCHAR", NotNull: true, Description: "Partition of the lake: " + expression,
	}
	h.PartitionExpression = expression
}

// parsePart reads the columns of a part, "holder_id" or "transacted_date of ledger.labels"; of a line "part bytes: 64"
// how many a row of it needs, or of a line "part input ledger.labels: SELECT …" what a part reads of a table.
func (h *Header) parsePart(rest, value string) (err error) {
	if table, isInput := strings.CutPrefix(rest, "input "); isInput {
		if h.PartInputs == nil {
			h.PartInputs = map[string]string{}
		}
		h.PartInputs[table] = value
		return nil
	}
	if rest == "bytes" {
		h.PartBytes, err = strconv.ParseInt(value, 10, 64)
		return err
	}
	columns, tables, isOf := strings.Cut(value, " of ")
	h.Part = SplitList(columns)
	if isOf {
		h.PartOf = SplitList(tables)
	}
	return nil
}

// parseColumn reads "VARCHAR NOT NULL. What it means".
func parseColumn(name, value string) (DeclaredColumn, error) {
	dataType, description, found := strings.Cut(value, ". ")
	if !found || description == "" {
		return DeclaredColumn{}, fmt.Errorf("column %s: want \"TYPE. What it means\"", name)
	}
	dataType, notNull := strings.CutSuffix(dataType, " NOT NULL")
	return DeclaredColumn{Name: name, DataType: dataType, NotNull: notNull, Description: description}, nil
}

// SplitList splits a list at its commas; the parts have no space around them.
func SplitList(text string) []string {
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// LoadHeaders parses every .sql file below a file system, but the macros.
func LoadHeaders(files fs.FS) ([]Header, error) {
	var headers []Header
	err := fs.WalkDir(files, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".sql" || slices.Contains(macroFiles, file) ||
			file == lateMacroFile {
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
	slices.SortFunc(headers, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	return headers, err
}

var (
	errQuotedName   = errors.New("the SELECT has a quoted name: write names plainly")
	errBlockComment = errors.New("the SELECT has a comment in /* */: begin each line of one with --")
	errDollar       = errors.New("the SELECT has a dollar sign outside of a text: write texts in single quotes")
	errEscapes      = errors.New("the SELECT has a text with escapes, E'…': write a quote within a text twice")
)

// checkReadable refuses a query of which pieces and tablesRead would find other tables than DuckDB does: a table that
// they miss is not brought up to date before the model that reads it.
func checkReadable(query string) error {
	before := ""
	for piece, isCode := range pieces(query) {
		if !isCode {
			if piece[0] == '\'' && endsWithEscape(before) {
				return errEscapes
			}
			before = ""
			continue
		}
		before = piece
		switch {
		case strings.IndexByte(piece, '"') >= 0:
			return errQuotedName
		case strings.Contains(piece, "/*"):
			return errBlockComment
		case strings.IndexByte(piece, '$') >= 0:
			return errDollar
		}
		if schema := schemaOfThree(piece); schema != "" {
			return fmt.Errorf("the SELECT names something before .%s.: tables are named SCHEMA.TABLE", schema)
		}
	}
	return nil
}

// endsWithEscape reports whether the text after some code has escapes, which a letter before it says.
func endsWithEscape(code string) bool {
	n := len(code) - 1
	return n >= 0 && (code[n] == 'e' || code[n] == 'E') && (n == 0 || !isOfName(code[n-1]))
}

// schemaOfThree is the schema in the middle of a name with three parts or more; "" where a name has fewer.
func schemaOfThree(code string) string {
	for {
		dot := strings.IndexByte(code, '.')
		if dot < 0 {
			return ""
		}
		code = code[dot+1:]
		end := 0
		for end < len(code) && isOfName(code[end]) {
			end++
		}
		if end < len(code) && code[end] == '.' && slices.Contains(schemasRead, code[:end]) {
			return code[:end]
		}
	}
}
