package oracle

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/reader"
)

// History is what a published file had observed when it was last looked at; no later file may have less of it, or
// other. The zero value is that of a directory without a published file.
type History struct {
	until string // its watermark
	rows  string // counts and hashes of all versions that were observed up to it
}

// ReadHistory reads the history of a data directory.
func ReadHistory(ctx context.Context, data string) (h History, err error) {
	reader, err := open(ctx, data)
	if errors.Is(err, schema.ErrNoDatabase) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	return historyOf(ctx, reader)
}

func historyOf(ctx context.Context, reader *reader.Reader) (h History, err error) {
	watermark, err := ask(ctx, reader, question("watermark"))
	if err != nil {
		return h, err
	}
	h.until = watermark[0]
	h.rows, err = h.read(ctx, reader)
	return h, err
}

// read is what a file has observed up to the watermark of the history.
func (h History) read(ctx context.Context, reader *reader.Reader) (string, error) {
	lines, err := ask(ctx, reader, fmt.Sprintf(question("history"), h.until))
	return strings.Join(lines, " "), err
}

// withoutFile is what it means that there is no published file.
func (h History) withoutFile() []string {
	if h.until == "" {
		return nil
	}
	return []string{"I1: the published file is missing"}
}

// lost compares a published file with the history.
func (h History) lost(ctx context.Context, reader *reader.Reader) (problems []string, err error) {
	if h.until == "" {
		return nil, nil
	}
	now, err := h.read(ctx, reader)
	if err == nil && now != h.rows {
		problems = append(problems, "history: observed until "+h.until+" was "+h.rows+", is "+now)
	}
	return problems, err
}

// keepsHistory holds a published file to what was there before; what it has observed since is history from now
// on, too.
func (o *Oracle) keepsHistory(ctx context.Context, reader *reader.Reader) (problems []string, err error) {
	problems, err = o.History.lost(ctx, reader)
	if err != nil || len(problems) > 0 {
		return problems, err
	}
	o.History, err = historyOf(ctx, reader)
	return nil, err
}

// Fingerprint is an answer of the published file that every change of its transactions changes.
func Fingerprint(ctx context.Context, data string) (answer string, err error) {
	reader, err := open(ctx, data)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	lines, err := ask(ctx, reader, question("fingerprint"))
	return strings.Join(lines, "|"), err
}

// Answers is what a published file answers, its history included, and that history.
func Answers(ctx context.Context, data string) (answer string, h History, err error) {
	answer, err = Fingerprint(ctx, data)
	if err == nil {
		h, err = ReadHistory(ctx, data)
	}
	return answer + ", " + h.rows, h, err
}
