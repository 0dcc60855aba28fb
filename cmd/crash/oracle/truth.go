package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/reader"
	"fcpipe/sync/simulator"
)

// Truth is what a client that has read everything holds of a simulated world.
type Truth struct {
	rows, balances map[string]bool   // lines, as the questions transactions and balances answer
	removed        map[string]bool   // ids of rows that are not listed any more; a client that has seen one keeps it
	newest         map[string]string // account → its last refresh that succeeded, "" when the last one did not
}

// TruthOf reads the simulator's ground truth.
func TruthOf(said simulator.Truth) (t Truth, err error) {
	t = Truth{
		rows: map[string]bool{}, balances: map[string]bool{}, removed: map[string]bool{}, newest: map[string]string{},
	}
	for _, raw := range said.Transactions {
		var row Row
		if err := json.Unmarshal(raw, &row); err != nil {
			return t, fmt.Errorf("transaction of the simulator: %w", err)
		}
		t.rows[row.Line()] = true
	}
	for _, id := range said.Removed {
		t.removed[id] = true
	}
	for _, raw := range said.Accounts {
		var a account
		if err := json.Unmarshal(raw, &a); err != nil {
			return t, fmt.Errorf("account of the simulator: %w", err)
		}
		for _, line := range a.balances() {
			t.balances[line] = true
		}
		t.newest[a.ID] = ""
		if a.Refresh != nil && a.Refresh.Status == "succeeded" {
			t.newest[a.ID] = a.Refresh.ID
		}
	}
	return t, nil
}

// Differences opens the published file of a data directory and names what in it is not the truth: rows,
// current balances, the number of accounts, and the rules of schema.Verify. It says nothing of cursors: of a world
// with refreshes that are pending or failed the simulator alone does not know where they are.
func Differences(ctx context.Context, said simulator.Truth, data string) (problems []string, err error) {
	truth, err := TruthOf(said)
	if err != nil {
		return nil, err
	}
	reader, err := open(ctx, data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if problems, err = truth.Differences(ctx, reader); err != nil {
		return nil, err
	}
	broken, err := rules(ctx, reader, schema.Layout{Dir: data}, check.Verify)
	return append(problems, broken...), err
}

// Differences is I10: it names rows and current balances of a file that are not the truth or are missing in it,
// and another number of accounts.
func (t Truth) Differences(ctx context.Context, reader *reader.Reader) (problems []string, err error) {
	stored, err := ask(ctx, reader, question("transactions"))
	if err != nil {
		return nil, err
	}
	problems = differences("row", t.withoutRemoved(stored), t.rows)
	if stored, err = ask(ctx, reader, question("balances")); err != nil {
		return nil, err
	}
	problems = append(problems, differences("balance", stored, t.balances)...)
	accounts, err := ask(ctx, reader, question("cursors"))
	if err == nil && len(accounts) != len(t.newest) {
		problems = append(problems, fmt.Sprintf("I10: %d accounts, the truth has %d", len(accounts), len(t.newest)))
	}
	return problems, err
}

// withoutRemoved leaves out rows that the world does not list any more: absence is not deletion.
func (t Truth) withoutRemoved(stored []string) (rest []string) {
	for _, line := range stored {
		if id, _, _ := strings.Cut(line, "\t"); !t.removed[id] {
			rest = append(rest, line)
		}
	}
	return rest
}

// differences names lines that are stored and not true, and counts those that are true and not stored.
func differences(noun string, stored []string, truth map[string]bool) (problems []string) {
	missing := maps.Clone(truth)
	for _, line := range stored {
		if !missing[line] {
			problems = append(problems, "I10: a wrong "+noun+": "+line)
		}
		delete(missing, line)
	}
	if len(missing) > 0 {
		problems = append(problems, fmt.Sprintf("I10: %d %ss are missing", len(missing), noun))
	}
	return problems
}
