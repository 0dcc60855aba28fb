package models_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/duck"
	"fcpipe/schema/models"
	"fcpipe/schema/replay"
	"fcpipe/schema/storetest"
)

// pastTables are compared with those of their time: of make property and make proof attributes and streams as well,
// which read nearly all others.
func pastTables() []string {
	tables := []string{
		"underwriting.cash_flow_month", "quality.coverage", "ledger.labels", "ledger.daily_balances",
		"ledger.transfers", "ledger.refund_links",
	}
	if *histories > 1 || *proof {
		tables = append(tables, "underwriting.attribute_values", "ledger.streams", "underwriting.reasons")
	}
	return tables
}

// tablesOfHolders are those of pastTables that are compared of one holder.
func tablesOfHolders() []string {
	return slices.DeleteFunc(pastTables(), func(table string) bool {
		return !strings.HasPrefix(table, "underwriting.")
	})
}

// rowsOf is every row of a table, in one order; condition is of its rows.
func rowsOf(table, condition string) string {
	return fmt.Sprintf("SELECT coalesce(string_agg(line, chr(10) ORDER BY line), '') FROM (SELECT to_json(t)::VARCHAR "+
		"AS line FROM %s t WHERE %s)", table, condition)
}

// moment is what the tables had when a round had derived them.
type moment struct {
	at   time.Time
	rows map[string]string
}

// livedBank is a bank whose rounds were derived one by one, in a directory as fcpipe has it.
func livedBank(t *testing.T, seed uint64) (layout schema.Layout, moments []moment) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bank.duckdb")
	b := newBankOn(newShelfIn(t, path), seed, "").filled(seed)
	edits := rand.New(rand.NewPCG(seed, 19))
	rounds := 4
	if *histories == 1 && !*proof { // make property lives through many histories of four rounds
		rounds = 2
	}
	for n := range rounds {
		if n > 0 {
			b.round(pick(b, []int{1, 9, 22, 30, 24 * 9, 24 * 70}))
			if edits.IntN(2) == 0 {
				b.editFiles(edits)
			}
		}
		b.deriveWith(only(pastTables()...), false)
		now := moment{b.now, map[string]string{}}
		for _, table := range pastTables() {
			now.rows[table] = b.strings(rowsOf(table, "true"))[0]
		}
		moments = append(moments, now)
	}
	b.exec("CHECKPOINT")
	layout = schema.Layout{Dir: t.TempDir()}
	storetest.WriteFile(t, layout.Database(), string(storetest.ReadFile(t, path)))
	return layout, moments
}

// past asks a replay for rows of its tables.
func past(t *testing.T, q replay.Question, ask func(p *replay.Past, rows func(query string) string)) {
	t.Helper()
	p, err := replay.Open(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	ask(p, func(query string) (text string) {
		if err := p.Database().QueryRowContext(t.Context(), query).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	})
}

// TestTruncationInvariance: what a file knows of a random instant is, bit for bit, what a file had that ended with the
// newest round before it: nothing that was observed later is felt. Of one holder it is the same as of all.
func TestTruncationInvariance(t *testing.T) {
	for n := range uint64(*histories) {
		seed := *firstHistory + n
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			layout, moments := livedBank(t, seed)
			draw := rand.New(rand.NewPCG(seed, 23))
			for i, then := range moments {
				at := then.at
				if i+1 < len(moments) && draw.IntN(2) == 0 { // some instant before the next round
					at = at.Add(time.Duration(draw.Int64N(int64(moments[i+1].at.Sub(at)))))
				}
				q := replay.Question{
					Layout: layout, Settings: duck.Settings{Threads: 1}, At: &at, Tables: pastTables(),
				}
				if len(moments) == 2 && i == 1 || len(moments) > 2 && draw.IntN(2) == 0 {
					q.Holder = fmt.Sprint("cus_", draw.IntN(2))
					q.Tables = tablesOfHolders()
				}
				past(t, q, func(p *replay.Past, rows func(string) string) {
					if p.IsBackfilled || !p.Watermark.Equal(then.at) {
						t.Fatalf("as of %v: %+v, want the round of %v", at, p.Known, then.at)
					}
					compareWithThen(t, q.Holder, then, rows)
				})
			}
		})
	}
}

func compareWithThen(t *testing.T, holder string, then moment, rows func(string) string) {
	t.Helper()
	if holder == "" {
		for _, table := range pastTables() {
			if now := rows(rowsOf(table, "true")); now != then.rows[table] {
				t.Errorf("as of %v, %s: %s", then.at, table, firstDifference(then.rows[table], now))
			}
		}
		return
	}
	for _, table := range tablesOfHolders() {
		now := rows(rowsOf(table, fmt.Sprintf("holder_id = '%s'", holder)))
		want := linesWith(then.rows[table], fmt.Sprintf(`"holder_id":"%s"`, holder))
		if now != want {
			t.Errorf("as of %v, %s of %s: %s", then.at, table, holder, firstDifference(want, now))
		}
	}
}

func linesWith(text, part string) string {
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, part) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// firstDifference is a line of each that the other has not.
func firstDifference(want, got string) string {
	return fmt.Sprintf("then\n%s\nnow\n%s", lineMissing(want, got), lineMissing(got, want))
}

func lineMissing(from, in string) string {
	held := map[string]bool{}
	for line := range strings.SplitSeq(in, "\n") {
		held[line] = true
	}
	for line := range strings.SplitSeq(from, "\n") {
		if !held[line] {
			return line
		}
	}
	return "no line"
}

// TestAReplayFillsWhatModelsRead: a model that reads another table of main or meta would read an empty one.
func TestAReplayFillsWhatModelsRead(t *testing.T) {
	filled := []string{
		"main.account_links", "main.account_versions", "main.accounts", "main.balances", "main.transaction_labels",
		"main.transaction_versions", "main.transactions", "main.transactions_as_of", "meta.loan_requests",
		"meta.overrides", "meta.parameters", "meta.policies", "meta.rules", "meta.store", "meta.transfer_decisions",
	}
	headers, err := models.LoadHeaders(schema.ModelFiles)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, h := range headers {
		all = append(all, h.Name)
	}
	inputs, err := models.InputsOf(all...)
	if err != nil || len(inputs) < 8 {
		t.Fatal(inputs, err)
	}
	for _, input := range inputs {
		if !strings.Contains(" "+strings.Join(filled, " ")+" ", " "+input+" ") {
			t.Errorf("models read %s: schema/replay/fill.sql has to fill it as it was at an instant", input)
		}
	}
}
