//go:build linux && amd64

package main

import (
	"context"
	_ "embed" // the questions
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fcpipe/export"
	"fcpipe/schema"
	"fcpipe/sync/simulator"
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

// rows answers a question as lines of tab-separated text.
func rows(ctx context.Context, reader *schema.Reader, text string) ([]string, error) {
	_, answer, err := reader.Query(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	var lines []string
	for cells, err := range answer {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		parts := make([]string, len(cells))
		for i, cell := range cells {
			parts[i] = cell.Text
		}
		lines = append(lines, strings.Join(parts, "\t"))
	}
	return lines, nil
}

// trueRow is a transaction as the simulator says it is.
type trueRow struct {
	ID                string
	Account           string
	Amount            int64
	Currency          string
	Description       string
	Status            string
	StatusTransitions struct {
		PostedAt *int64 `json:"posted_at"`
		VoidAt   *int64 `json:"void_at"`
	} `json:"status_transitions"`
	TransactedAt int64  `json:"transacted_at"`
	Refresh      string `json:"transaction_refresh"`
	Updated      int64
}

func (r trueRow) line() string {
	return strings.Join([]string{
		r.ID, r.Account, strconv.FormatInt(r.Amount, 10), r.Currency, r.Description, r.Status, epoch(r.StatusTransitions.PostedAt),
		epoch(r.StatusTransitions.VoidAt), strconv.FormatInt(r.TransactedAt, 10), r.Refresh, strconv.FormatInt(r.Updated, 10),
	}, "\t")
}

func epoch(at *int64) string {
	if at == nil {
		return ""
	}
	return strconv.FormatInt(*at, 10)
}

// truthOf is every row a client that has read everything must hold, and each account's last succeeded refresh.
func truthOf(world *simulator.Server) (held map[string]bool, newest map[string]string, err error) {
	held, newest = map[string]bool{}, map[string]string{}
	truth := world.Truth()
	for _, raw := range truth.Transactions {
		var row trueRow
		if err := json.Unmarshal(raw, &row); err != nil {
			return nil, nil, err
		}
		held[row.line()] = true
	}
	for _, raw := range truth.Accounts {
		var a struct {
			ID   string
			Rows *struct{ ID, Status string } `json:"transaction_refresh"`
		}
		if err := json.Unmarshal(raw, &a); err != nil {
			return nil, nil, err
		}
		newest[a.ID] = ""
		if a.Rows != nil && a.Rows.Status == "succeeded" {
			newest[a.ID] = a.Rows.ID
		}
	}
	return held, newest, nil
}

// checkReadable holds the published file and lake to I1..I6 at any instant a reader could
// look: whole, by their own rules, and no account said to be complete that is not.
func (w *worker) checkReadable(ctx context.Context, deep bool) (problems []string, err error) {
	layout := schema.Layout{Dir: w.data()}
	reader, err := openReader(ctx, w.data())
	if errors.Is(err, schema.ErrNoDatabase) {
		return w.history.gone(), nil
	}
	if err != nil {
		return []string{"I1: the published file does not open: " + err.Error()}, nil
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	findings, err := schema.VerifyQuick(ctx, reader, layout)
	if err != nil {
		return []string{"I1: the published file cannot be read: " + err.Error()}, nil
	}
	for _, f := range findings {
		problems = append(problems, "I4, I5: "+f.Where+": "+f.What)
	}
	lake, err := export.Verify(ctx, reader, layout.Lake(), deep)
	if err != nil {
		return append(problems, "I6: the lake cannot be read: "+err.Error()), nil
	}
	for _, p := range lake {
		if !p.Behind {
			problems = append(problems, "I1, I6: lake/"+p.String())
		}
	}
	return problems, nil
}

// checkComplete is I10: file and lake are the truth, and the lake is not behind.
func (w *worker) checkComplete(ctx context.Context) (problems []string, err error) {
	reader, err := openReader(ctx, w.data())
	if err != nil {
		return []string{"I10: nothing to read after a clean round: " + err.Error()}, nil
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	held, newest, err := truthOf(w.bank.world)
	if err != nil {
		return nil, err
	}
	stored, err := rows(ctx, reader, question("transactions"))
	if err != nil {
		return nil, err
	}
	for _, line := range stored {
		if !held[line] {
			problems = append(problems, "I10: a row that is not so: "+line)
		}
		delete(held, line)
	}
	if len(held) > 0 {
		problems = append(problems, fmt.Sprintf("I10: %d rows are missing", len(held)))
	}
	cursors, err := rows(ctx, reader, question("cursors"))
	if err != nil {
		return nil, err
	}
	for _, line := range cursors {
		account, cursor, _ := strings.Cut(line, "\t")
		if newest[account] != cursor {
			problems = append(problems, fmt.Sprintf("I3: %s is at %q, the truth is %q", account, cursor, newest[account]))
		}
	}
	if len(cursors) != len(newest) {
		problems = append(problems, fmt.Sprintf("I10: %d accounts, the truth has %d", len(cursors), len(newest)))
	}
	layout := schema.Layout{Dir: w.data()}
	findings, err := schema.Verify(ctx, reader, layout)
	if err != nil {
		return nil, err
	}
	for _, f := range findings {
		problems = append(problems, "I4, I5: "+f.Where+": "+f.What)
	}
	lake, err := export.Verify(ctx, reader, layout.Lake(), true)
	if err != nil {
		return nil, err
	}
	for _, p := range lake {
		problems = append(problems, "I6: lake/"+p.String())
	}
	return append(problems, w.checkCharges()...), nil
}

// checkCharges is I14: a balance is paid for at most once in its interval.
func (w *worker) checkCharges() (problems []string) {
	last := map[string]int64{}
	for _, charge := range w.bank.world.Meter().Charges {
		if charge.Kind != "balance" {
			continue
		}
		if before, known := last[charge.Account]; known && charge.At-before < int64(20*time.Hour/time.Second) {
			problems = append(problems, "I14: "+charge.Account+" was paid for twice")
		}
		last[charge.Account] = charge.At
	}
	return problems
}
