package sync

import (
	"net/http"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// hiddenWorld has one account, read up to its cursor, whose refreshes others ask for.
func hiddenWorld(t *testing.T) (w *world, id string) {
	t.Helper()
	t.Parallel()
	w = newWorld(t, simulator.Config{Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 60, Linked: true, Calm: true})
	w.change = func(o *Options) {
		o.Policy.Transactions.Mode, o.Policy.Balance.Mode, o.Policy.Wait = plan.ModeOff, plan.ModeOff, time.Minute
	}
	w.server.Advance(30 * time.Hour)
	report, _, err := w.round()
	if w.must(err); !report.Complete {
		t.Fatal("the first round was to be complete")
	}
	return w, w.server.Accounts()[0]
}

// refreshes asks for one refresh that succeeds, and a day later for one under a fault.
func (w *world) refreshes(id, do string) {
	w.t.Helper()
	w.server.Advance(24 * time.Hour)
	w.refreshByOthers(id)
	w.server.Advance(24 * time.Hour)
	w.must(w.server.AddFault(fault(`{"when": {"feature": "transactions", "times": 1}, "do": ` + do + `}`)))
	w.refreshByOthers(id)
	w.server.Advance(10 * time.Minute)
}

// readsOfRows counts requests for rows.
func (w *world) readsOfRows() *int {
	n := new(int)
	w.between = func(r *http.Request) {
		if onRows(r) {
			*n++
		}
	}
	return n
}

// roundReadsNothing runs a round that must be complete, hold the truth and read no rows.
func (w *world) roundReadsNothing() {
	w.t.Helper()
	reads := w.readsOfRows()
	report, _, err := w.round()
	if w.must(err); !report.Complete || *reads != 0 {
		w.t.Errorf("complete %v, %d reads of rows for nothing: %+v", report.Complete, *reads, report.Accounts)
	}
	w.wantTruth()
}

func (w *world) cursorSucceeded(id string) {
	w.t.Helper()
	if cursor := orEmpty(w.onlyAccount().CursorRefreshID); len(w.server.Revelations(id, cursor)) == 0 {
		w.t.Errorf("the cursor %s is no refresh that succeeded", cursor)
	}
}

// TestA1_RowsBehindARefreshThatIsAlwaysPendingAreRead: every night another refresh is pending, as
// long before the round as sync.wait does not reach, and the one of the night before has succeeded.
func TestA1_RowsBehindARefreshThatIsAlwaysPendingAreRead(t *testing.T) {
	w, id := hiddenWorld(t)
	for range 4 {
		w.server.Advance(24*time.Hour - 17*time.Minute)
		w.must(w.server.AddFault(refreshesPend(plan.FeatureTransactions, 1, "40m")))
		w.refreshByOthers(id)
		w.server.Advance(17 * time.Minute)
		reads := w.readsOfRows()
		report, _, err := w.round()
		if w.must(err); report.PendingAccounts != 1 || *reads != 1 {
			t.Errorf("%d accounts pending, %d reads of rows", report.PendingAccounts, *reads)
		}
		w.wantTruth()
		w.cursorSucceeded(id)
		w.roundReadsNothing()
	}
}

// TestA2_RowsBehindAPendingRefreshThatFailsAreRead: one that succeeded is hidden by a pending one
// before any round saw it, and the pending one never brings anything; nor does a later round read
// for nothing.
func TestA2_RowsBehindAPendingRefreshThatFailsAreRead(t *testing.T) {
	w, id := hiddenWorld(t)
	w.refreshes(id, `{"pend_for": "5h", "fail_refresh": true}`)
	for range 2 { // pending, then failed under the same id
		report, _, err := w.round()
		if w.must(err); !report.Complete {
			t.Errorf("%+v", report.Accounts)
		}
		w.wantTruth()
		w.cursorSucceeded(id)
		w.roundReadsNothing()
		w.server.Advance(6 * time.Hour)
	}
	if status := w.onlyAccount().TransactionRefresh.Status; status != "failed" {
		t.Errorf("the last refresh is %s: it proves nothing", status)
	}
}

// TestA2_RowsBehindAPendingRefreshOfAnInactiveAccountAreRead: its connection breaks before any
// round saw what the pending refresh hides.
func TestA2_RowsBehindAPendingRefreshOfAnInactiveAccountAreRead(t *testing.T) {
	w, id := hiddenWorld(t)
	w.refreshes(id, `{"pend_for": "ever"}`)
	w.must(w.server.AddFault(fault(`{"when": {"method": "POST"}, "do": {"account_status": "inactive"}}`)))
	w.post(id, "refresh", "features[0]=balance")
	report, _, err := w.round()
	if w.must(err); !report.Complete {
		t.Errorf("%+v", report.Accounts)
	}
	w.wantTruth()
	w.roundReadsNothing()
}

// TestRowRefusedBehindAFailedRefreshKeepsItsAccountFailed: it is missing as long as it is refused,
// and no round says otherwise.
func TestRowRefusedBehindAFailedRefreshKeepsItsAccountFailed(t *testing.T) {
	for _, do := range []string{`{"fail_refresh": true}`, `{"pend_for": "30h"}`} {
		t.Run(do, func(t *testing.T) {
			w, id := hiddenWorld(t)
			w.refreshes(id, do)
			stop := w.meddle(onRows, -1, firstRow("amount", `"amount":3.5`))
			reads := w.readsOfRows()
			for range 4 {
				report, _, err := w.round()
				if w.must(err); report.Complete || report.AccountsFailed != 1 {
					t.Errorf("a row is missing, complete %v: %+v", report.Complete, report.Accounts)
				}
				w.server.Advance(time.Minute)
			}
			if *reads != 2 { // then it is in backoff
				t.Errorf("the rows were read %d times", *reads)
			}
			stop()
			w.server.Advance(time.Hour)
			_, _, err := w.round()
			w.must(err)
			w.roundReadsNothing()
		})
	}
}

// TestRefreshThatFailsOnEveryPassIsReadBehind: refreshes land between pages until the last pass,
// where the newest has failed; the next round reads what they brought.
func TestRefreshThatFailsOnEveryPassIsReadBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 8, Accounts: 1, Holders: 1, HistoryDays: 60, RowsPerAccount: 400,
		Linked: true, Calm: true,
	})
	w.change = func(o *Options) { o.Policy.Transactions.Mode, o.Policy.Balance.Mode = plan.ModeOff, plan.ModeOff }
	w.server.Advance(2 * time.Hour)
	id := w.server.Accounts()[0]
	w.must(w.server.AddFault(fault(`{"when": {"feature": "transactions", "skip": 2}, "do": {"fail_refresh": true}}`)))
	w.between = func(r *http.Request) {
		if onRows(r) && !r.URL.Query().Has("starting_after") {
			w.server.Advance(7 * time.Hour)
			w.refreshByOthers(id)
			w.server.Advance(7 * time.Hour)
		}
	}
	report, _, err := w.round()
	if w.must(err); report.Complete {
		t.Error("complete although a refresh landed on every pass")
	}
	reads := w.readsOfRows()
	report, _, err = w.round()
	if w.must(err); !report.Complete || *reads == 0 {
		t.Errorf("complete %v after %d reads of rows", report.Complete, *reads)
	}
	w.roundReadsNothing()
}

func TestRowsBehindAFailedFirstRefreshAreRead(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 60, Linked: true, Calm: true})
	w.change = func(o *Options) { o.Policy.Transactions.Mode, o.Policy.Balance.Mode = plan.ModeOff, plan.ModeOff }
	id := w.server.Accounts()[0]
	w.server.Advance(30 * time.Hour)
	var failing simulator.Fault
	failing.When.Account, failing.Do.FailRefresh = id, true
	w.server.AddFault(failing)
	w.refreshByOthers(id)
	w.server.Advance(time.Hour)
	w.server.AddFault(fault(`{"when":{"method":"GET","path":"/transactions","times":1},"do":{"status":403}}`))
	if report, _, err := w.round(); err != nil || report.Complete {
		t.Errorf("complete %v although its rows could not be read: %v", report.Complete, err)
	}
	report, _, err := w.round()
	w.must(err)
	w.wantTruth()
	if !report.Complete {
		t.Error("not complete")
	}
}

func TestRowsAreReadWhileTheRefreshWeBoughtIsPending(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 3, Holders: 3, HistoryDays: 60, Linked: true, Calm: true})
	w.change = func(o *Options) { o.Policy.Wait = time.Second }
	w.server.Advance(2 * time.Hour)
	report, merged, err := w.round()
	w.must(err)
	if merged.TransactionsNew == 0 || report.PendingAccounts == 0 {
		t.Errorf("%d rows, %d pending", merged.TransactionsNew, report.PendingAccounts)
	}
}
