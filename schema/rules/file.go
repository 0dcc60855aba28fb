package rules

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MostBytes is how large a file may be; about a million overrides.
	MostBytes  = 64 << 20
	mostInCell = 500 // characters
	mostRules  = 10_000
	saveAsUTF8 = "save it as CSV in UTF-8"
)

// freeColumns have what people or banks write; cells of others are ids, words of a list, dates and numbers.
var freeColumns = []string{"merchant", "words", "pattern", "name", "note", "text", "purpose"}

// line is one line of a file, its cells by column.
type line struct {
	number int
	cells  map[string]string
}

// want refuses a line of something, such as "a condition", that leaves one of the columns empty which it needs.
func (l line) want(something string, columns ...string) error {
	for _, name := range columns {
		if l.cells[name] == "" {
			last := len(columns) - 1
			return fmt.Errorf("fill %s; %s needs %s and %s", name, something, strings.Join(columns[:last], ", "),
				columns[last])
		}
	}
	return nil
}

// at is an error of a line.
func at(file string, number int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", file, number, fmt.Sprintf(format, args...))
}

// readLines reads a file whose first line names columns, in any order. Empty lines and those that begin with # say
// nothing. A byte order mark and CRLF, which spreadsheets write, are taken. Content that is nil is that of no file; a
// file that lost its first line is refused, since it would take everything back that it said.
func readLines(file string, content []byte, columns []string) ([]line, error) {
	if content == nil {
		return nil, nil
	}
	if len(content) > MostBytes {
		return nil, fmt.Errorf("%s: has more than %d MiB; split what it decides into rules", file, MostBytes>>20)
	}
	content = bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF"))
	if err := checkText(file, content); err != nil {
		return nil, err
	}
	reader := csv.NewReader(bytes.NewReader(content))
	reader.Comment, reader.FieldsPerRecord = '#', -1
	var head []string
	var lines []line
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) && head == nil {
			return nil, at(file, 1, "is empty; the first line names columns, of %s, or leave the file out of the "+
				"configuration", strings.Join(columns, ", "))
		}
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if wrong, isCSV := errors.AsType[*csv.ParseError](err); isCSV {
			return nil, at(file, wrong.Line, "%v; a cell with a quote or comma stands in quotes, its own quotes twice",
				wrong.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		number, _ := reader.FieldPos(0)
		if head == nil {
			head = cells
			if err := checkHead(file, number, head, columns); err != nil {
				return nil, err
			}
			continue
		}
		read, err := readLine(file, number, head, cells)
		if err != nil {
			return nil, err
		}
		if len(read.cells) > 0 { // a spreadsheet writes rows of commas
			lines = append(lines, read)
		}
	}
}

// checkText refuses what is not UTF-8, and names its first line that is not.
func checkText(file string, content []byte) error {
	if bytes.HasPrefix(content, []byte("\xFF\xFE")) || bytes.HasPrefix(content, []byte("\xFE\xFF")) {
		return at(file, 1, "is UTF-16; %s", saveAsUTF8)
	}
	for number, text := range bytes.Split(content, []byte("\n")) {
		if !utf8.Valid(text) {
			return at(file, number+1, "is no UTF-8; %s", saveAsUTF8)
		}
		if bytes.IndexByte(text, 0) >= 0 {
			return at(file, number+1, "has a zero byte; %s", saveAsUTF8)
		}
	}
	return nil
}

// checkHead holds the first line to the columns there are. A column without a name has no cells: a spreadsheet writes
// commas behind the last one.
func checkHead(file string, number int, head, columns []string) error {
	for i, name := range head {
		head[i] = strings.ToLower(strings.TrimSpace(name))
		switch {
		case head[i] == "":
		case !slices.Contains(columns, head[i]) && strings.ContainsAny(head[i], ";\t\r"):
			return at(file, number, "names %q; separate columns by commas and lines by line feeds: %s",
				shortened(name), saveAsUTF8)
		case !slices.Contains(columns, head[i]):
			return at(file, number, "unknown column %q; the first line names columns, of %s", shortened(name),
				strings.Join(columns, ", "))
		case slices.Contains(head[:i], head[i]):
			return at(file, number, "column %s is there twice; take one out", head[i])
		}
	}
	return nil
}

// readLine keeps the cells that are not empty.
func readLine(file string, number int, head, cells []string) (line, error) {
	read := line{number, map[string]string{}}
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		if i >= len(head) || head[i] == "" {
			return read, at(file, number, "has %d cells, and the first line no name for the last; a cell with a comma "+
				"stands in quotes", i+1)
		}
		if err := checkCell(head[i], cell); err != nil {
			return read, at(file, number, "%v", err)
		}
		read.cells[head[i]] = cell
	}
	return read, nil
}

// checkCell refuses what a cell has by mistake: half the file, or what a person cannot see.
func checkCell(column, cell string) error {
	if n := utf8.RuneCountInString(cell); n > mostInCell {
		return fmt.Errorf("%s has %d characters, more than %d; is a quote left open?", column, n, mostInCell)
	}
	if strings.ContainsFunc(cell, unicode.IsControl) {
		return fmt.Errorf("%s has a line break or another control character; is a quote left open?", column)
	}
	if slices.Contains(freeColumns, column) {
		return nil
	}
	for _, letter := range cell {
		if unicode.Is(unicode.Cf, letter) || (letter != ' ' && unicode.IsSpace(letter)) {
			return fmt.Errorf("%s has a character that is not to be seen, %U; type the cell again", column, letter)
		}
	}
	return nil
}

// shortened is a cell as an error may show it.
func shortened(cell string) string {
	if letters := []rune(cell); len(letters) > 40 {
		return string(letters[:40]) + "…"
	}
	return cell
}

// hash is of texts in their order.
func hash(parts ...string) string {
	sum := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(sum, "%d %s\n", len(part), part)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
