package synctest

import (
	"encoding/json"
	"fmt"
	"slices"

	"fcpipe/sync/simulator"
)

// shownRow is a transaction as far as a state of it is told from another.
type shownRow struct {
	ID, Status string
	Refresh    string `json:"transaction_refresh"`
	Amount     int64
}

// State writes the state of a row as histories compare it.
func State(status, refresh string, amountMinor int64) string {
	return fmt.Sprint(status, " ", refresh, " ", amountMinor)
}

// HeldUpToCursors is I3: whatever became of a round, every account holds what the refresh that
// is its cursor had revealed.
func (h *History) HeldUpToCursors(n int) {
	held, unlisted := h.World.Rows(), h.Server.Truth().Unlisted
	for id, cursor := range h.World.Cursors() {
		if slices.Contains(unlisted, id) {
			continue // while a fault hides it the server tells nothing of it
		}
		if len(h.Server.Revelations(id, cursor)) == 0 {
			h.Breaks("I3", n, "the cursor %s of %s is no refresh that succeeded", cursor, id)
		}
		h.heldUpTo("I3", n, held, id, cursor)
	}
}

// HeldUpToDate is I11, what a round that calls itself complete claims: every account holds what
// was revealed when the round began, whether its cursor could move or not.
func (h *History) HeldUpToDate(n int) {
	held := h.World.Rows()
	for id, newest := range h.settled {
		h.heldUpTo("I11", n, held, id, newest)
	}
}

// heldUpTo looks for each row a refresh had revealed, as it was then or as a later one showed it.
func (h *History) heldUpTo(rule string, n int, held map[string]string, id, refresh string) {
	revealed := h.Server.Revelations(id, refresh)
	good := map[string][]string{}
	for _, later := range revealed {
		for _, row := range h.rows(later) {
			good[row.ID] = append(good[row.ID], State(row.Status, row.Refresh, row.Amount))
		}
	}
	for _, later := range revealed[:min(1, len(revealed))] {
		for _, row := range h.rows(later) {
			if !slices.Contains(good[row.ID], held[row.ID]) {
				h.Breaks(rule, n, "%s of %s is %q, since %s it was %q", row.ID, id, held[row.ID], refresh, good[row.ID])
			}
		}
	}
}

func (h *History) rows(revealed simulator.Revelation) []shownRow {
	rows := make([]shownRow, len(revealed.Transactions))
	for i, raw := range revealed.Transactions {
		h.Must(json.Unmarshal(raw, &rows[i]))
	}
	return rows
}

// NewestSucceeded are the last refreshes of transactions that succeeded and are readable now, by
// account: also those that a pending or a failed one hides. Accounts that no list names are left out: where they are
// held the round is not complete, and where they are not it cannot know of them.
func (h *History) NewestSucceeded() map[string]string {
	newest, truth := map[string]string{}, h.Server.Truth()
	for _, raw := range truth.Accounts {
		var a struct {
			ID, Status  string
			Permissions []string
		}
		h.Must(json.Unmarshal(raw, &a))
		if done := h.Server.Succeeded(a.ID); !slices.Contains(truth.Unlisted, a.ID) && a.Status != "disconnected" &&
			slices.Contains(a.Permissions, "transactions") && len(done) > 0 {
			newest[a.ID] = done[len(done)-1]
		}
	}
	return newest
}
