package oracle

import (
	"context"
	_ "embed" // the questions
	"fmt"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
)

//go:embed questions.sql
var questionsText string

// question is one statement of questions.sql.
func question(name string) string {
	_, rest, found := strings.Cut(questionsText, "-- name: "+name+"\n")
	if !found {
		panic("questions.sql has no " + name)
	}
	text, _, _ := strings.Cut(rest, "\n-- name: ")
	return strings.TrimSpace(text)
}

// ask answers a statement as lines of tab-separated text; null is empty text.
func ask(ctx context.Context, reader *reader.Reader, statement string) ([]string, error) {
	_, answer, err := reader.Query(ctx, statement)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	var lines []string
	for cells, err := range answer {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", statement, err)
		}
		parts := make([]string, len(cells))
		for i, cell := range cells {
			parts[i] = cell.Text
		}
		lines = append(lines, strings.Join(parts, "\t"))
	}
	return lines, nil
}

// open opens the published file of a data directory as a reader does; schema.ErrNoDatabase says that there is none.
func open(ctx context.Context, data string) (*reader.Reader, error) {
	return reader.Open(ctx, schema.Layout{Dir: data}, duck.Settings{Threads: 1, MemoryLimit: 256 << 20})
}
