package sync

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
)

// TestN17_StaleReadNeverMovesBack: a replica shows an account as it was a day ago, before its
// first refresh and between two.
func TestN17_StaleReadNeverMovesBack(t *testing.T) {
	for day, when := range []string{"before the first refresh", "between two"} {
		t.Run(when, func(t *testing.T) {
			w := newFaultWorld(t)
			var old string
			onList := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/accounts") }
			for n := range 2 {
				w.server.Advance(25 * time.Hour)
				stop := func() {}
				if n == day {
					stop = w.meddle(onList, 1, rewritten(func(body string) string { old = body; return body }))
				}
				_, _, err := w.round()
				w.must(err)
				stop()
			}
			w.server.Advance(time.Minute)
			before := w.attemptedAt()
			stop := w.meddle(onList, -1, withAnswer(200, nil, old))
			report, _, err := w.round()
			w.must(err)
			if report.Complete || report.AccountsFailed != 3 || *report.Accounts[0].ErrorCode != codeRegressed {
				t.Errorf("accounts that were not accepted were called complete: %+v", report.Accounts)
			}
			if after := w.attemptedAt(); after.Before(before) || before.IsZero() {
				t.Errorf("an account went back from %v to %v", before, after)
			}
			stop()
			_, _, err = w.round()
			w.must(err)
			w.wantTruth()
		})
	}
}

// attemptedAt is when the newest attempt at a balance was made that is held.
func (w *world) attemptedAt() (at time.Time) {
	for _, a := range w.file.State().Accounts {
		if a.BalanceRefresh != nil && a.BalanceRefresh.AttemptedAt.After(at) {
			at = a.BalanceRefresh.AttemptedAt
		}
	}
	return at
}

// TestN17_StaleReadWhileWaiting: the lag begins after the round's first list, so that only what
// is read while the round waits shows accounts as they were a day ago.
func TestN17_StaleReadWhileWaiting(t *testing.T) {
	w := newFaultWorld(t)
	for range 2 {
		_, _, err := w.round()
		w.must(err)
		w.server.Advance(25 * time.Hour)
	}
	states := func() (all [][3]time.Time) {
		for _, id := range w.server.Accounts() {
			a := w.account(id)
			all = append(all, [3]time.Time{
				*a.CompleteThroughAt, a.BalanceRefresh.AttemptedAt,
				a.TransactionRefresh.AttemptedAt,
			})
		}
		return all
	}
	before := states()
	w.must(
		w.server.AddFault(
			fault(`{"when": {"method": "GET", "path": "/accounts", "skip": 1}, "do": {"stale_read": "26h"}}`),
		),
	)
	report, _, err := w.round()
	w.must(err)
	if w.server.FaultsHappened() == 0 || report.Complete || report.AccountsFailed != 3 ||
		*report.Accounts[0].ErrorCode != codeRegressed {
		t.Errorf("%d stale answers; what was bought was never seen again, complete %v: %+v", w.server.FaultsHappened(),
			report.Complete, report.Accounts)
	}
	for n, after := range states() {
		for i := range after {
			if after[i].Before(before[n][i]) {
				t.Errorf("states moved back from %v to %v", before, states())
			}
		}
	}
	w.threeActs(false, w.server.ClearFaults)
}

// TestN17_SettledAttemptIsNeverPendingAgain: a replica shows attempts that were read as
// succeeded as they were the minute before.
func TestN17_SettledAttemptIsNeverPendingAgain(t *testing.T) {
	w := newFaultWorld(t)
	_, _, err := w.round()
	w.must(err)
	w.server.Advance(time.Minute)
	states := func() (succeeded [2]int) {
		succeeded[0] = w.accountsThat(func(a schema.AccountState) bool {
			return a.TransactionRefresh.Status == "succeeded" && a.BalanceRefresh.Status == "succeeded"
		})
		for _, r := range w.file.Refreshes() {
			if r.Status == "succeeded" {
				succeeded[1]++
			}
		}
		return succeeded
	}
	before := states()
	stop := w.meddle(func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/accounts") }, -1,
		rewritten(func(body string) string {
			return strings.ReplaceAll(body, `"status":"succeeded"`, `"status":"pending"`)
		}))
	report, _, err := w.round()
	w.must(err)
	if report.Complete || report.AccountsFailed != 3 || *report.Accounts[0].ErrorCode != codeRegressed {
		t.Errorf("accounts that were not accepted were called complete: %+v", report.Accounts)
	}
	if after := states(); after != before || before[0] != 3 {
		t.Errorf("what had settled went from %v to %v", before, after)
	}
	w.threeActs(false, stop)
}

// TestN17_StaleReadAfterPaging: what should prove that no refresh landed while two pages were
// read is of the day before, and proves nothing.
func TestN17_StaleReadAfterPaging(t *testing.T) {
	w := newFaultWorld(t)
	w.must(
		w.server.AddFault(fault(`{"when": {"method": "GET", "path": "/accounts/fca_"}, "do": {"stale_read": "24h"}}`)),
	)
	w.threeActs(false, func() {
		if n := w.cursors(); n != 0 || w.server.FaultsHappened() == 0 {
			t.Errorf("%d cursors moved by %d stale answers", n, w.server.FaultsHappened())
		}
		w.server.ClearFaults()
	})
}

// TestN17_AttemptThatIsGoneIsNotStated: Stripe shows an attempt no more. With a connection that ended too it
// is gone; without, it is the one that is known: rows are read, and each night asks once and is not confirmed.
func TestN17_AttemptThatIsGoneIsNotStated(t *testing.T) {
	attempt := regexp.MustCompile(`"balance_refresh":\{[^}]*\}`)
	for status, asks := range map[string]int{"disconnected": 0, "active": 3} {
		t.Run(status, func(t *testing.T) {
			w := newFaultWorld(t)
			_, _, err := w.round()
			w.must(err)
			asked := 0
			w.meddle(func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/accounts") }, -1,
				func(r *http.Request, send func() *http.Response) (*http.Response, error) {
					if onPost(r) {
						asked++
					}
					return rewritten(func(body string) string {
						return strings.ReplaceAll(attempt.ReplaceAllString(body, `"balance_refresh":null`),
							`"status":"active"`,
							`"status":"`+status+`"`)
					})(r, send)
				})
			for night := range 3 {
				w.server.Advance(25 * time.Hour)
				asked = 0
				report, _, err := w.round()
				w.must(err)
				if report.Complete != (asks == 0) || asked != asks {
					t.Errorf("night %d: complete %v, asked %d times: %+v", night, report.Complete, asked,
						report.Accounts)
				}
			}
			known := w.accountsThat(func(a schema.AccountState) bool {
				return a.Status == status &&
					a.BalanceRefresh != nil
			})
			if known != asks {
				t.Errorf("%d accounts with the attempt that is known, want %d", known, asks)
			}
			if status == "active" {
				w.wantTruth()
			}
		})
	}
}
