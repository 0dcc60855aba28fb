package oracle

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fcpipe/schema"
)

// History is what a published file had observed when somebody last looked; no later file may have
// less, or other, of it. The zero value is that of a directory without a file.
type History struct {
	until string // its watermark
	rows  string
}

// Remember reads the history of a data directory.
func Remember(ctx context.Context, data string) (h History, err error) {
	reader, err := openReader(ctx, data)
	if errors.Is(err, schema.ErrNoDatabase) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	return historyOf(ctx, reader)
}

func historyOf(ctx context.Context, reader *schema.Reader) (h History, err error) {
	watermark, err := rows(ctx, reader, question("watermark"))
	if err != nil {
		return h, err
	}
	h.until = watermark[0]
	h.rows, err = h.read(ctx, reader)
	return h, err
}

func (h History) read(ctx context.Context, reader *schema.Reader) (string, error) {
	lines, err := rows(ctx, reader, fmt.Sprintf(question("history"), h.until))
	return strings.Join(lines, " "), err
}

// gone is what it means that there is no published file.
func (h History) gone() []string {
	if h.until == "" {
		return nil
	}
	return []string{"I1: the published file is gone"}
}

// forgotten compares a published file with the history.
func (h History) forgotten(ctx context.Context, reader *schema.Reader) (problems []string, err error) {
	if h.until == "" {
		return nil, nil
	}
	now, err := h.read(ctx, reader)
	if err == nil && now != h.rows {
		problems = append(problems, "history: observed until "+h.until+" was "+h.rows+", is "+now)
	}
	return problems, err
}

// keepsHistory holds a published file to what was there before, and what it has observed since is
// history from now on, too.
func (o *Oracle) keepsHistory(ctx context.Context, reader *schema.Reader) (problems []string, err error) {
	problems, err = o.History.forgotten(ctx, reader)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	o.History, err = historyOf(ctx, reader)
	return nil, err
}

func openReader(ctx context.Context, data string) (*schema.Reader, error) {
	return schema.OpenReader(ctx, schema.Layout{Dir: data}, schema.Settings{Threads: 1, MemoryLimit: 256 << 20})
}

// Fingerprint is an answer that every change of the data changes.
func Fingerprint(ctx context.Context, data string) (string, error) {
	reader, err := openReader(ctx, data)
	if err != nil {
		return "", err
	}
	lines, err := rows(ctx, reader, question("fingerprint"))
	if closing := reader.Close(); err == nil {
		err = closing
	}
	return strings.Join(lines, "|"), err
}

// Answers is what a published file answers, its history included, and that history.
func Answers(ctx context.Context, data string) (answer string, h History, err error) {
	answer, err = Fingerprint(ctx, data)
	if err == nil {
		h, err = Remember(ctx, data)
	}
	return answer + ", " + h.rows, h, err
}
