package sync

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/simulator"
)

const noRows = `{"object":"list","data":[],"has_more":false,"url":"/v1/financial_connections/transactions"}`

// TestAccountClosedWhileItIsRead: what an account is after its pages decides, at a server that
// answers as if there were nothing more. Rows that came are held, the cursor stays where it was.
func TestAccountClosedWhileItIsRead(t *testing.T) {
	for name, test := range map[string]struct {
		page    int // that is empty, and those after it
		becomes [2]string
		code    string
	}{
		"disconnected, second page empty": {2, [2]string{`"status":"active"`, `"status":"disconnected"`}, codeClosed},
		"disconnected, only page empty":   {1, [2]string{`"status":"active"`, `"status":"disconnected"`}, codeClosed},
		"permission withdrawn, 2": {
			2,
			[2]string{`"permissions":\[[^\]]*\]`, `"permissions":["balances"]`},
			codeClosed,
		},
		"permission withdrawn, 1": {
			1,
			[2]string{`"permissions":\[[^\]]*\]`, `"permissions":["balances"]`},
			codeClosed,
		},
		"inactive, second page empty": {2, [2]string{`"status":"active"`, `"status":"inactive"`}, ""},
		"inactive, only page empty":   {1, [2]string{`"status":"active"`, `"status":"inactive"`}, ""},
		"gone, second page empty":     {2, [2]string{}, "resource_missing"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			w.change = quietly
			id := w.server.Accounts()[1]
			closed, pages := false, 0
			stop := w.meddle(func(r *http.Request) bool { return r.Method == http.MethodGet }, -1,
				func(r *http.Request, send func() *http.Response) (*http.Response, error) {
					if onRows(r) && r.URL.Query().Get("account") == id {
						if pages++; pages >= test.page && (!closed || !strings.HasPrefix(test.becomes[1],
							`"status":"inactive`)) {
							closed = true
							return answered(r, 200, nil, noRows), nil
						}
					}
					if closed && test.becomes[0] == "" && strings.HasSuffix(r.URL.Path, id) {
						return answered(
							r,
							404,
							nil,
							`{"error":{"type":"invalid_request_error","code":"resource_missing"}}`,
						), nil
					}
					return rewritten(func(body string) string {
						at := strings.Index(body, `"id":"`+id)
						if !closed || at < 0 || onRows(r) || test.becomes[0] == "" {
							return body
						}
						found := regexp.MustCompile(test.becomes[0]).FindStringIndex(body[at:])
						return body[:at+found[0]] + test.becomes[1] + body[at+found[1]:]
					})(r, send)
				})
			report, _, err := w.round()
			w.must(err)
			held := w.rowsOf(id)
			if want := 100 * (test.page - 1); test.code != "" && held != want {
				t.Errorf("%d rows held, %d were shown", held, want)
			}
			at := slices.IndexFunc(report.Accounts, func(a journal.RunAccount) bool { return a.AccountID == id })
			if outcome := report.Accounts[at]; test.code != "" && (report.Complete ||
				orEmpty(outcome.ErrorCode) != test.code ||
				outcome.Outcome == outcomeComplete) {
				t.Errorf("%+v, want %s", outcome, test.code)
			}
			if test.code != "" && w.account(id).CompleteThroughAt != nil {
				t.Error("it is said to be complete")
			}
			stop()
			w.server.Advance(10 * time.Minute)
			report, _, err = w.round()
			w.must(err)
			if !strings.Contains(name, "inactive") && !report.Complete {
				t.Errorf("after it came back: %+v", report.Accounts)
			}
			w.wantTruth()
		})
	}
}

// TestQuietNightIsConfirmedByOneList: accounts that were refreshed and have nothing new cost a page
// each and one list for all of them, and are complete up to that refresh.
func TestQuietNightIsConfirmedByOneList(t *testing.T) {
	w := newFaultWorld(t)
	w.change = quietly
	_, _, err := w.round()
	w.must(err)
	w.server.Advance(7 * time.Hour)
	for _, id := range w.server.Accounts() {
		w.refreshByOthers(id)
	}
	w.server.Advance(10 * time.Minute)
	w.meddle(onRows, -1, withAnswer(200, nil, noRows))
	report, _, err := w.round()
	w.must(err)
	if report.Rows != 0 || report.Pages != 3 || report.Reads != 3+1+1 || !report.Complete {
		t.Errorf("%d rows, %d pages, %d reads, complete %t: want none, 3 and two lists more", report.Rows, report.Pages,
			report.Reads, report.Complete)
	}
	if behind := w.accountsThat(func(a schema.AccountState) bool {
		return a.TransactionRefresh != nil && orEmpty(a.CursorRefreshID) != orEmpty(a.TransactionRefresh.RefreshID)
	}); behind != 0 {
		t.Errorf("%d cursors did not move", behind)
	}
}

// TestFewEmptyPagesAreConfirmedOneByOne: where accounts fill two pages of a list, one of them that has nothing new
// costs one read to confirm. Its cursor moves, unless it was closed to us meanwhile.
func TestFewEmptyPagesAreConfirmedOneByOne(t *testing.T) {
	for name, status := range map[string]string{"as before": "active", "closed meanwhile": "disconnected"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Config{
				Seed: 4, Accounts: 101, Holders: 101, RowsPerAccount: 2, HistoryDays: 5, Calm: true, Linked: true,
			})
			w.change = quietly
			_, _, err := w.round()
			w.must(err)
			id, looks := w.server.Accounts()[0], 0
			before := orEmpty(w.account(id).CursorRefreshID)
			w.server.Advance(25 * time.Hour)
			w.refreshByOthers(id)
			w.server.Advance(10 * time.Minute)
			w.meddle(onRows, -1, withAnswer(200, nil, noRows))
			w.meddle(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, id) }, -1,
				func(r *http.Request, send func() *http.Response) (*http.Response, error) {
					looks++
					return rewritten(func(body string) string {
						return strings.Replace(body, `"status":"active"`, `"status":"`+status+`"`, 1)
					})(r, send)
				})
			report, _, err := w.round()
			w.must(err)
			moved := orEmpty(w.account(id).CursorRefreshID) != before
			if isOpen := status == "active"; looks != 1 || moved != isOpen || report.Complete != isOpen {
				t.Errorf("%d looks at it, the cursor moved: %v, complete %v", looks, moved, report.Complete)
			}
		})
	}
}
