package sync

import (
	"encoding/json"
	"slices"

	"fcpipe/schema"
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
// is its cursor had revealed, each row as it was then or as a later refresh showed it.
func (h *history) heldUpToCursors(n int, reader *schema.Reader) (cursors map[string]string) {
	cursors = h.pairs(reader, "SELECT account_id, cursor_refresh_id FROM main.accounts WHERE cursor_refresh_id IS NOT NULL")
	held := h.pairs(reader, "SELECT transaction_id, status || ' ' || transaction_refresh_id || ' ' || amount_minor FROM main.transactions")
	for id, cursor := range cursors {
		revealed := h.server.Revelations(id, cursor)
		if len(revealed) == 0 {
			h.breaks("I3", n, "the cursor %s of %s is no refresh that succeeded", cursor, id)
			continue
		}
		good := map[string][]string{}
		for _, later := range revealed {
			for _, row := range h.rows(later) {
				good[row.ID] = append(good[row.ID], row.state())
			}
		}
		for _, row := range h.rows(revealed[0]) {
			if !slices.Contains(good[row.ID], held[row.ID]) {
				h.breaks("I3, I11", n, "%s of %s is %q, since its cursor it was %q", row.ID, id, held[row.ID], good[row.ID])
			}
		}
	}
	return cursors
}

func (h *history) rows(revealed simulator.Revelation) []shownRow {
	rows := make([]shownRow, len(revealed.Transactions))
	for i, raw := range revealed.Transactions {
		h.must(json.Unmarshal(raw, &rows[i]))
	}
	return rows
}

// caughtUp is what a round that calls itself complete claims: no cursor is behind the refresh
// that was the newest when the round began.
func (h *history) caughtUp(n int, cursors map[string]string) {
	for id, newest := range h.settled {
		if cursors[id] != newest && !slices.ContainsFunc(h.server.Revelations(id, newest), func(r simulator.Revelation) bool { return r.RefreshID == cursors[id] }) {
			h.breaks("I3", n, "complete with the cursor %q of %s behind %s", cursors[id], id, newest)
		}
	}
}

// newestSucceeded are the refreshes of transactions that are readable now, by account; those
// whose last one failed or is pending show none.
func (h *history) newestSucceeded() map[string]string {
	newest := map[string]string{}
	for _, raw := range h.server.Truth().Accounts {
		var a struct {
			ID, Status  string
			Permissions []string
			Rows        *struct{ ID, Status string } `json:"transaction_refresh"`
		}
		h.must(json.Unmarshal(raw, &a))
		if a.Status != "disconnected" && slices.Contains(a.Permissions, "transactions") && a.Rows != nil && a.Rows.Status == "succeeded" {
			newest[a.ID] = a.Rows.ID
		}
	}
	return newest
}

func (h *history) pairs(reader *schema.Reader, query string) map[string]string {
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
