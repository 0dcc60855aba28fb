package sync

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/sync/simulator"
)

// shownRow is a transaction as far as a state of it is told from another.
type shownRow struct {
	ID, Status string
	Refresh    string `json:"transaction_refresh"`
	Amount     json.Number
}

func (r shownRow) state() string { return r.Status + " " + r.Refresh + " " + r.Amount.String() }

// heldUpToCursors is I3: whatever became of a round, every account holds what the refresh that
// is its cursor had revealed.
func (h *history) heldUpToCursors(n int, reader *reader.Reader) {
	held := h.held(reader)
	for id, cursor := range h.pairs(reader, "SELECT account_id, cursor_refresh_id FROM main.accounts WHERE cursor_refresh_id IS NOT NULL") {
		if len(h.server.Revelations(id, cursor)) == 0 {
			h.breaks("I3", n, "the cursor %s of %s is no refresh that succeeded", cursor, id)
		}
		h.heldUpTo("I3", n, held, id, cursor)
	}
}

// heldUpToDate is I11, what a round that calls itself complete claims: every account holds what
// was revealed when the round began, whether its cursor could move or not.
func (h *history) heldUpToDate(n int, reader *reader.Reader) {
	held := h.held(reader)
	for id, newest := range h.settled {
		h.heldUpTo("I11", n, held, id, newest)
	}
}

// heldUpTo looks for each row a refresh had revealed, as it was then or as a later one showed it.
func (h *history) heldUpTo(rule string, n int, held map[string]string, id, refresh string) {
	revealed := h.server.Revelations(id, refresh)
	good := map[string][]string{}
	for _, later := range revealed {
		for _, row := range h.rows(later) {
			good[row.ID] = append(good[row.ID], row.state())
		}
	}
	for _, later := range revealed[:min(1, len(revealed))] {
		for _, row := range h.rows(later) {
			if !slices.Contains(good[row.ID], held[row.ID]) {
				h.breaks(rule, n, "%s of %s is %q, since %s it was %q", row.ID, id, held[row.ID], refresh, good[row.ID])
			}
		}
	}
}

func (h *history) held(reader *reader.Reader) map[string]string {
	return h.pairs(reader, "SELECT transaction_id, status || ' ' || transaction_refresh_id || ' ' || amount_minor FROM main.transactions")
}

func (h *history) rows(revealed simulator.Revelation) []shownRow {
	rows := make([]shownRow, len(revealed.Transactions))
	for i, raw := range revealed.Transactions {
		h.must(json.Unmarshal(raw, &rows[i]))
	}
	return rows
}

// newestSucceeded are the last refreshes of transactions that succeeded and are readable now, by
// account: also those that a pending or a failed one hides.
func (h *history) newestSucceeded() map[string]string {
	newest := map[string]string{}
	for _, raw := range h.server.Truth().Accounts {
		var a struct {
			ID, Status  string
			Permissions []string
		}
		h.must(json.Unmarshal(raw, &a))
		if done := h.server.Succeeded(a.ID); a.Status != "disconnected" && slices.Contains(a.Permissions, "transactions") && len(done) > 0 {
			newest[a.ID] = done[len(done)-1]
		}
	}
	return newest
}

func (h *history) pairs(reader *reader.Reader, query string) map[string]string {
	rows, err := reader.Database().QueryContext(h.t.Context(), query)
	h.must(err)
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var k, v string
		h.must(rows.Scan(&k, &v))
		all[k] = v
	}
	h.must(rows.Err())
	return all
}

// TestHistoriesNoticeWhatIsBroken: the rules that histories are held to are broken by hand, on
// accounts whose newest refresh is later than their cursor, one after the other.
func TestHistoriesNoticeWhatIsBroken(t *testing.T) {
	t.Parallel()
	h := &history{world: newWorld(t, simulator.Config{Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 20, Linked: true, Calm: true})}
	h.server.Advance(25 * time.Hour)
	_, _, err := h.round()
	h.must(err)
	h.server.Advance(25 * time.Hour)
	for _, id := range h.server.Accounts() {
		h.must(h.refreshBySomebody(id))
	}
	h.server.Advance(time.Minute)
	h.settled = h.newestSucceeded()
	h.must(h.server.AddFault(fault(`{"when": {"feature": "transactions", "times": 2}, "do": {"pend_for": "30h"}}`)))
	h.server.Advance(7 * time.Hour)
	for _, id := range h.server.Accounts() {
		h.must(h.refreshBySomebody(id))
	}
	if hidden := h.newestSucceeded(); len(hidden) != 2 || !maps.Equal(hidden, h.settled) {
		t.Errorf("behind pending refreshes %v are seen, want %v", hidden, h.settled)
	}
	row := h.text("SELECT min(transaction_id) FROM main.transactions WHERE transaction_refresh_id IN (SELECT cursor_refresh_id FROM main.accounts)")
	for _, step := range []struct{ statement, rule string }{
		{"", ""},
		{"DELETE FROM main.transactions WHERE transaction_id = '" + row + "'", "I3 after round 0: " + row},
		{"UPDATE main.accounts SET cursor_refresh_id = 'fctxnref_failed'", "is no refresh that succeeded"},
	} {
		if step.statement != "" {
			h.lose(step.statement)
		}
		reader, err := reader.Open(t.Context(), h.store.Layout(), duck.Settings{})
		h.must(err)
		h.broken = nil
		h.heldUpToCursors(0, reader)
		if found := strings.Join(h.broken, "\n"); !strings.Contains(found, step.rule) || (step.rule == "") != (found == "") {
			t.Errorf("%s: found %q", step.statement, found)
		}
		h.broken = nil
		if h.heldUpToDate(0, reader); len(h.broken) == 0 {
			t.Error("rows of the newest refresh are not missed")
		}
		h.must(reader.Close())
	}
	for limit, broken := range map[int64]bool{int64(2*100_000 + 2*300_000): false, 100_000: true} {
		h.broken, h.perMonth = nil, &limit
		if h.withinBudget(0); (len(h.broken) > 0) != broken {
			t.Errorf("with a budget of %d: %q", limit, h.broken)
		}
	}
}
