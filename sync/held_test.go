package sync

import (
	"fmt"
	"slices"
	"strings"

	"fcpipe/schema"
	"fcpipe/schema/landing/landingtest"
)

// What a world holds, as its published file says.

// account is one that is held; the zero value is not.
func (w *world) account(id string) schema.AccountState { return w.file.State().Accounts[id] }

// onlyAccount is the one account of a world that has one.
func (w *world) onlyAccount() schema.AccountState {
	w.t.Helper()
	held := w.file.State().Accounts
	if len(held) != 1 {
		w.t.Fatalf("%d accounts are held, one was expected", len(held))
	}
	for id := range held {
		return held[id]
	}
	return schema.AccountState{}
}

func (w *world) accountsThat(is func(schema.AccountState) bool) (n int) {
	for _, a := range w.file.State().Accounts {
		if is(a) {
			n++
		}
	}
	return n
}

func (w *world) accountsHeld() int { return len(w.file.State().Accounts) }

// cursors counts the accounts that have one.
func (w *world) cursors() int {
	return w.accountsThat(func(a schema.AccountState) bool { return a.CursorRefreshID != nil })
}

func (w *world) rowsThat(are func(landingtest.Row) bool) (n int) {
	for _, row := range w.file.Rows() {
		if are(row) {
			n++
		}
	}
	return n
}

func (w *world) rowsHeld() int { return len(w.file.Rows()) }

func (w *world) rowsOf(account string) int {
	return w.rowsThat(func(row landingtest.Row) bool { return row.AccountID == account })
}

// holders are the ids of the holders of all accounts, sorted.
func (w *world) holders() (ids []string) {
	for _, a := range w.file.State().Accounts {
		ids = append(ids, orEmpty(a.HolderID))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// refused says what is in quarantine of an account, or of those that match: objects and fields, sorted, each once.
func (w *world) refused(of func(schema.QuarantinedRow) bool) string {
	var all []string
	for _, q := range w.file.Refused() {
		if of(q) {
			all = append(all, q.Object+" "+q.Field)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

func ofAccount(id string) func(schema.QuarantinedRow) bool {
	return func(q schema.QuarantinedRow) bool { return q.AccountID == id }
}

// balances are the current ones by account, as text.
func (w *world) balances() string {
	var all []string
	for id, a := range w.file.State().Accounts {
		for _, b := range a.Balances {
			all = append(all, fmt.Sprint(id, b.Currency, *b.CurrentMinor))
		}
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}
