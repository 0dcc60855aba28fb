package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fcpipe/cmd/crash/oracle"
	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
)

// publishedFile is what a round left for analysts.
type publishedFile struct {
	rows     map[string]string // transaction: the row, as oracle.Row.Line
	extra    map[string]string // transaction, account: its extra
	accounts map[string]string // account: what it is called, and its permissions
	named    string            // quarantine and status, in which accounts are named
	findings []string          // of verify
	days     int               // of daily balances
}

// published reads it; without a file nothing is in it.
func (w *mutantWorld) published() publishedFile {
	w.t.Helper()
	p := publishedFile{extra: map[string]string{}, accounts: map[string]string{}}
	status, _, err := command(w.t, "--config", w.config(), "status", "--json")
	checker{w.t}.Check(err)
	p.named = status
	reader, err := reader.Open(context.Background(), w.layout(), duck.Settings{Threads: 1})
	checker{w.t}.Check(err)
	defer reader.Close()
	each := func(query string, take func(texts []sql.NullString)) {
		rows, err := reader.Database().Query(query)
		checker{w.t}.Check(err)
		defer rows.Close()
		columns, _ := rows.Columns()
		texts, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range texts {
			into[i] = &texts[i]
		}
		for rows.Next() {
			checker{w.t}.Check(rows.Scan(into...))
			take(texts)
		}
		checker{w.t}.Check(rows.Err())
	}
	p.rows, err = oracle.StoredRows(context.Background(), reader)
	checker{w.t}.Check(err)
	each("SELECT transaction_id, extra::VARCHAR FROM main.transactions",
		func(t []sql.NullString) { p.extra[t[0].String] = t[1].String })
	each(`SELECT account_id, to_json([institution_name, display_name, last4, category, subcategory, status])::VARCHAR,
			extra::VARCHAR FROM main.accounts`,
		func(t []sql.NullString) { p.accounts[t[0].String], p.extra[t[0].String] = t[1].String, t[2].String })
	each("SELECT account_id || ' ' || object || ' ' || field FROM meta.quarantine",
		func(t []sql.NullString) { p.named += "\n" + t[0].String })
	each("SELECT count(*) FROM ledger.daily_balances", func(t []sql.NullString) {
		_,
			_ = fmt.Sscan(t[0].String, &p.days)
	})
	findings, err := check.Verify(context.Background(), reader, w.layout())
	checker{w.t}.Check(err)
	for _, f := range findings {
		p.findings = append(p.findings, f.Where+" "+f.What)
	}
	return p
}

// rowKey is a row as publishedFile has it.
func rowKey(r oracle.Row) string {
	r.Currency = strings.ToLower(r.Currency)
	return r.Line()
}

// mayHideRows are fields of an account without which its rows cannot be asked for.
var mayHideRows = []string{
	"id", "object", "livemode", "created", "category", "subcategory", "institution_name", "status", "permissions",
	"transaction_refresh", "account_holder",
}

// wholeObjects are kinds that no reader of a part can see: fields that come twice, and the limits
// of an object.
var wholeObjects = []string{
	"twice", "twice, first another", "twice, then another", "500 levels",
	"2,000 unknown beside", "1 MB",
}

// judge holds what a round left to what it was served.
func (w *mutantWorld) judge(s *mutantStart, code int) (problems []string) {
	w.t.Helper()
	p := w.published()
	complain := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for _, finding := range p.findings {
		about := ""
		for id, target := range w.mutant.targets {
			if strings.Contains(finding, id) {
				about = target.String()
			}
		}
		complain("%s: verify finds: %s", about, finding)
	}
	targets, refused := w.mutant.targets, 0
	for _, raw := range load(w.t, w.state()).Truth().Transactions {
		var row oracle.Row
		checker{w.t}.Check(json.Unmarshal(raw, &row))
		target, isTarget := targets[row.Account]
		switch {
		case p.rows[row.ID] == rowKey(row), isTarget && w.excused(target, p, row):
		case !isTarget:
			complain("a neighbour's row %s is %q, want %q", row.ID, p.rows[row.ID], rowKey(row))
		default:
			complain("%s: the row beside it, %s, is %q, want %q", target, row.ID, p.rows[row.ID], rowKey(row))
		}
	}
	for _, id := range w.ids {
		target, isTarget := targets[id]
		if !isTarget && p.accounts[id] == "" {
			complain("a neighbour's account %s is not there", id)
		}
		if sent := w.mutant.sent[id]; sent != nil {
			if strings.Contains(p.named, id) {
				refused++
			} else if lost := w.lost(target, id, sent, p); lost != "" {
				complain("%s: lost without a word: %s", target, lost)
			}
		}
	}
	if refused > 0 && code == 0 {
		complain("%d accounts are named, and the exit code is 0", refused)
	}
	return append(problems, w.bounds(s, p)...)
}

// excused: a row may be missing where it is the mutated one, or where its account or its list
// could not be read, and that is said.
func (w *mutantWorld) excused(m mutation, p publishedFile, row oracle.Row) bool {
	root, _, _ := strings.Cut(m.path, ".")
	said := strings.Contains(p.named, row.Account)
	if said && slices.Contains(wholeObjects, m.kind) {
		return true
	}
	switch m.object {
	case "transaction":
		return textField(w.mutant.was[row.Account], "id") == row.ID // judged as what was sent
	case "account":
		return slices.Contains(mayHideRows, root) && (said || m.path == "id" || sharesNothing(m, root))
	}
	// a list that is true but empty says nothing: an audit finds what it left out
	return m.object == "transactions" && (said || m.kind == "an array")
}

// sharesNothing: an account may say that it cannot be read, or not yet; then nothing is claimed.
func sharesNothing(m mutation, root string) bool {
	none := m.path == "transaction_refresh" && (m.kind == "null" || m.kind == "removed")
	return none || root == "permissions" || root == "status" || m.path == "transaction_refresh.status"
}

// lost says what of a mutated object is neither held as it was sent, nor kept in extra, though
// nothing names it.
func (w *mutantWorld) lost(m mutation, id string, sent []byte, p publishedFile) string {
	leaf := m.path[strings.LastIndex(m.path, ".")+1:]
	if strings.Contains(m.kind, "unknown beside") && leaf == "usd" {
		return "" // a map of currencies: these are currencies
	}
	if strings.Contains(m.kind, "unknown beside") {
		leaf = map[bool]string{true: "new_1999", false: "brand_new_field"}[strings.HasPrefix(m.kind, "2")]
	}
	switch m.object {
	case "transaction":
		var row oracle.Row
		err := json.Unmarshal(sent, &row)
		if err != nil || strings.Contains(m.kind, "unknown beside") || p.rows[row.ID] != rowKey(row) {
			id := textField(sent, "id")
			if m.path == "updated" && p.rows[id] != "" {
				return "" // a state that says it is older is kept as a version, beside the one that is held
			}
			if !strings.Contains(p.extra[id], leaf) {
				return fmt.Sprintf("%q, sent %q (%v)", p.rows[id], rowKey(row), err)
			}
		}
	case "account":
		var a struct {
			ID, Category, Subcategory, Status string
			Institution                       string  `json:"institution_name"`
			Name                              *string `json:"display_name"`
			Last4                             *string
		}
		err := json.Unmarshal(sent, &a)
		if m.path == "id" && strings.Contains(p.named, " account id") {
			return "" // an entry whose id is none is named without one
		}
		want, _ := json.Marshal([]any{a.Institution, a.Name, a.Last4, a.Category, a.Subcategory, a.Status})
		if err != nil || strings.Contains(m.kind, "unknown beside") || !sameJSON(p.accounts[a.ID], string(want)) {
			if !strings.Contains(p.extra[id], leaf) {
				return fmt.Sprintf("%q, sent %q (%v)", p.accounts[a.ID], want, err)
			}
		}
	}
	return ""
}

func sameJSON(x, y string) bool {
	var a, b any
	return json.Unmarshal([]byte(x), &a) == nil && json.Unmarshal([]byte(y), &b) == nil &&
		fmt.Sprint(a) == fmt.Sprint(b)
}

// bounds: odd values do not make a round send, store or export much more than it would have.
func (w *mutantWorld) bounds(s *mutantStart, p publishedFile) (problems []string) {
	w.t.Helper()
	for _, bound := range []struct {
		what       string
		have, most int
	}{
		{"requests", w.mutant.requests, 3*s.requests + 50},
		{"Parquet files", w.lakeFiles(), s.files + 10*len(w.mutant.targets) + 20},
		{"daily balances", p.days, 4*s.days + 8000*len(w.mutant.targets)},
	} {
		if bound.have > bound.most {
			problems = append(problems, fmt.Sprintf("%d %s, at most %d were expected", bound.have, bound.what,
				bound.most))
		}
	}
	return problems
}
