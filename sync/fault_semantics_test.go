package sync

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/landing/landingtest"
	"fcpipe/sync/plan"
)

// firstRow changes a field of the first row of each page.
func firstRow(field, value string) func(*http.Request, func() *http.Response) (*http.Response, error) {
	pattern := regexp.MustCompile(`"` + field + `":("(\\.|[^"\\])*"|[^,}]*)`)
	return rewritten(func(body string) string {
		at := pattern.FindStringIndex(body)
		if at == nil {
			return body
		}
		return body[:at[0]] + value + body[at[1]:]
	})
}

func TestA1_PendingRefreshIsNotWaitedForForEver(t *testing.T) {
	w := newFaultWorld(t)
	w.change = func(o *Options) {
		o.Policy.Transactions, o.Policy.Balance.Mode = plan.FeaturePolicy{
			Mode:  plan.ModeOnDemand,
			Every: 20 * time.Hour,
		}, plan.ModeOff
	}
	w.server.AddFault(refreshesPend(plan.FeatureTransactions, 3, "60h"))
	_, _, err := w.round()
	w.must(err)
	w.server.ClearFaults()
	w.server.Advance(25 * time.Hour) // another would be due
	keys := w.posts("/refresh")
	report, _, err := w.round()
	w.must(err)
	if report.PendingAccounts != 3 || len(*keys) != 0 {
		t.Errorf("%d accounts pending, %d purchases while pending", report.PendingAccounts, len(*keys))
	}
	w.server.Advance(40 * time.Hour)
	_, _, err = w.round()
	w.must(err)
	w.wantTruth()
}

func TestA2_FailedRefreshIsNoCursor(t *testing.T) {
	w := newFaultWorld(t)
	w.change = func(o *Options) {
		o.Policy.Transactions, o.Policy.Balance.Mode = plan.FeaturePolicy{
			Mode:  plan.ModeOnDemand,
			Every: 20 * time.Hour,
		}, plan.ModeOff
	}
	_, _, err := w.round()
	w.must(err)
	id := w.server.Accounts()[0]
	before := orEmpty(w.account(id).CursorRefreshID)
	w.server.Advance(25 * time.Hour)
	w.server.AddFault(fault(`{"when": {"account": "` + id + `"}, "do": {"fail_refresh": true}}`))
	_, _, err = w.round()
	w.must(err)
	if after := orEmpty(w.account(id).CursorRefreshID); after != before {
		t.Errorf("the cursor moved from %s to the failed %s", before, after)
	}
	w.server.Advance(25 * time.Hour)
	w.threeActs(true, func() {})
}

func TestA3_AccountDisconnectedBetweenPages(t *testing.T) {
	w := newFaultWorld(t)
	id := w.server.Accounts()[1]
	rows := func(r *http.Request) bool { return onRows(r) && r.URL.Query().Get("account") == id }
	w.between = func(r *http.Request) {
		if rows(r) && r.URL.Query().Has("starting_after") {
			w.post(id, "disconnect", "")
		}
	}
	report, _, err := w.round()
	w.must(err)
	w.between = nil
	if report.Complete {
		t.Error("an account that was cut off between pages is not complete")
	}
	if w.account(id).CursorRefreshID != nil {
		t.Error("its cursor moved")
	}
	report, _, err = w.round()
	w.must(err)
	if !report.Complete || w.account(id).Status != "disconnected" {
		t.Errorf("a disconnected account is ordinary: %+v", report.Accounts)
	}
}

func TestA4_RefreshThatLandsBetweenPagesLosesNothing(t *testing.T) {
	w := newFaultWorld(t)
	w.change = func(o *Options) { o.Policy.Transactions.Mode = plan.ModeOff }
	moved := 0
	w.between = func(r *http.Request) {
		if onRows(r) && r.URL.Query().Has("starting_after") && moved < 2 {
			moved++
			w.server.Advance(7 * time.Hour)
			w.refreshByOthers(r.URL.Query().Get("account"))
			w.server.Advance(2 * time.Minute)
		}
	}
	_, _, err := w.round()
	w.must(err)
	w.between = nil
	for range 2 {
		_, _, err = w.round()
		w.must(err)
	}
	w.wantTruth()
}

// TestA4_RowThatMovesBetweenPagesIsHeldWithTheCursor: a row of the second page is listed on the first one since that
// was read. The next round would bring it, but a cursor moves only with every row it stands for.
func TestA4_RowThatMovesBetweenPagesIsHeldWithTheCursor(t *testing.T) {
	t.Parallel()
	h := newHistoryWorld(t, 6, threePages)
	h.between, h.change = nil, func(o *Options) { o.Policy.Transactions.Mode = plan.ModeOff }
	h.server.Advance(25 * time.Hour)
	h.must(h.server.AddFault(fault(faultScript(`"page": 2, "per_account": true, "times": 1`,
		`"move_row": "top", "reveal": "new_refresh"`))))
	_, _, err := h.round()
	h.must(err)
	if moved, cursors := h.server.FaultsHappened(), len(h.Cursors()); moved != 3 || cursors != 3 {
		t.Errorf("%d rows moved, %d cursors, want 3 of both", moved, cursors)
	}
	h.HeldUpToCursors(0)
	h.FailIfBroken()
}

func TestA5_DuplicatesAndRepeatedPages(t *testing.T) {
	rowsOf := regexp.MustCompile(`(?s)"data":\[(.*)\],"has_more"`)
	w := newFaultWorld(t)
	w.threeActs(true, w.meddle(onRows, -1, rewritten(func(b string) string {
		return rowsOf.ReplaceAllString(b,
			`"data":[$1,$1],"has_more"`)
	})))
	t.Run("starting_after ignored", func(t *testing.T) {
		w, first := newFaultWorld(t), ""
		report := w.threeActs(false, w.meddle(onRows, -1, rewritten(func(b string) string {
			if first == "" && strings.Contains(b, `"has_more":true`) {
				first = b
			}
			if first != "" {
				return first
			}
			return b
		})))
		if report.Reads > 40 {
			t.Errorf("%d reads: a loop", report.Reads)
		}
	})
}

func TestA6_PagesThatContradictThemselves(t *testing.T) {
	w := newFaultWorld(t)
	report := w.threeActs(false, w.meddle(onRows, -1, withAnswer(200, nil,
		`{"object":"list","data":[],"has_more":true,"url":"/v1/x"}`)))
	if report.AccountsFailed != 3 {
		t.Errorf("%d of 3 accounts failed", report.AccountsFailed)
	}
}

func TestA7_OlderStateThatArrivesLaterNeverWins(t *testing.T) {
	w := newFaultWorld(t)
	w.change = func(o *Options) { o.Policy.AuditEvery = time.Hour }
	_, _, err := w.round()
	w.must(err)
	w.server.Advance(25 * time.Hour)
	old := regexp.MustCompile(`"updated":[0-9]+`)
	stop := w.meddle(onRows, -1, rewritten(func(b string) string { return old.ReplaceAllString(b, `"updated":1000`) }))
	_, _, err = w.round()
	w.must(err)
	stop()
	n, superseded := 0, 0
	for _, row := range w.file.Rows() {
		for _, v := range row.Versions {
			if !v.Superseded {
				continue
			}
			if superseded++; v.Version == row.Version {
				n++
			}
		}
	}
	if n != 0 || superseded == 0 {
		t.Errorf("%d older states became current", n)
	}
	for range 2 { // an audit finds what the lie hid
		w.server.Advance(2 * time.Hour)
		_, _, err = w.round()
		w.must(err)
	}
	w.wantTruth()
}

// underChange runs a round, a change at the banks that a new refresh shows at once, and a
// second round, which must hold the truth again.
func underChange(t *testing.T, do string) *world {
	t.Helper()
	w := newFaultWorld(t)
	w.change = func(o *Options) { o.Policy.AuditEvery = 0 }
	_, _, err := w.round()
	w.must(err)
	w.server.Advance(25 * time.Hour)
	account := w.server.Accounts()[1]
	do = strings.ReplaceAll(do, "SETTLED", w.settledRow(account))
	if err := w.server.AddFault(fault(`{"when": {"path": "/transactions", "account": "` + account +
		`", "times": 1}, "do": ` + do + `}`)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		report, _, err := w.round()
		if w.must(err); !report.Complete {
			t.Errorf("%+v", report.Accounts)
		}
		w.server.Advance(10 * time.Minute)
	}
	if w.server.FaultsHappened() != 1 {
		t.Error("the fault never happened: it proves nothing")
	}
	return w
}

func TestA8_RowPostsWithOtherAmountDateTextAndCurrency(t *testing.T) {
	w := underChange(
		t,
		`{"change_row": {"status": "posted", "amount": -4242, "currency": "eur", "description": "OTHER", `+
			`"transacted_at": 1780000000}, "row": "SETTLED", "reveal": "new_refresh"}`,
	)
	w.wantTruth()
	if n := w.rowsThat(func(row landingtest.Row) bool {
		return row.AmountMinor == -4242 && row.Currency == "eur" && row.Description == "OTHER" && row.Version > 1 &&
			row.Versions[0].Currency == "usd"
	}); n != 1 {
		t.Errorf("%d rows as they became, with what they were before", n)
	}
}

func TestA9_IDReplacedIsVoidAndANewRow(t *testing.T) {
	w := underChange(t, `{"replace_row": true, "row": "SETTLED", "reveal": "new_refresh"}`)
	w.wantTruth()
	if n := w.rowsThat(func(row landingtest.Row) bool {
		return row.Status == "void" && w.rowsThat(func(p landingtest.Row) bool {
			return p.Status == "posted" && p.AccountID == row.AccountID && p.AmountMinor == row.AmountMinor &&
				p.Description == row.Description && p.TransactedAt.Equal(row.TransactedAt)
		}) > 0
	}); n < 1 {
		t.Error("the void row and the one in its place are not both held")
	}
}

func TestA20_HistoryThatShrinksDeletesNothing(t *testing.T) {
	w := underChange(t, `{"shrink_history": "480h"}`)
	removed, rows := 0, w.file.Rows()
	for _, id := range w.server.Truth().Removed {
		if _, held := rows[id]; held {
			removed++
		}
	}
	if removed != len(w.server.Truth().Removed) || removed < 20 {
		t.Errorf("%d of %d rows that are not listed any more are kept", removed, len(w.server.Truth().Removed))
	}
}

func TestA10_UnknownCursorIsAFullListOnce(t *testing.T) {
	w := newFaultWorld(t)
	_, _, err := w.round()
	w.must(err)
	w.server.Advance(25 * time.Hour)
	w.threeActs(true, w.meddle(
		func(r *http.Request) bool {
			return onRows(r) &&
				r.URL.Query().Has("transaction_refresh[after]")
		},
		-1,
		withAnswer(
			400,
			nil,
			`{"error": {"type": "invalid_request_error", "code": "resource_missing", "param": `+
				`"transaction_refresh[after]"}}`,
		),
	))
	if said := strings.Count(w.log.String(), "does not know the cursor"); said != 3 {
		t.Errorf("said %d times, want once for each of 3 accounts", said)
	}
}

// TestUnknownCursorIsRecorded: the account is complete, and its record says what it took.
func TestUnknownCursorIsRecorded(t *testing.T) {
	w := newFaultWorld(t)
	_, _, err := w.round()
	w.must(err)
	w.server.Advance(25 * time.Hour)
	id := w.server.Accounts()[1]
	w.must(w.server.AddFault(fault(`{"when": {"path": "/transactions", "account": "` + id +
		`", "param": "transaction_refresh[after]", "times": 1}, "do": {"status": 400, "code": "resource_missing"}}`)))
	report, _, err := w.round()
	w.must(err)
	if !report.Complete {
		t.Errorf("%+v", report.Accounts)
	}
	for _, o := range report.Accounts {
		if marked := orEmpty(o.ErrorCode) == codeCursorUnknown && o.RequestID != nil; marked != (o.AccountID == id) ||
			o.Outcome != outcomeComplete {
			t.Errorf("%s: %s %s", o.AccountID, o.Outcome, orEmpty(o.ErrorCode))
		}
	}
	w.wantTruth()
}

func TestA18_AccountsTwiceOrNone(t *testing.T) {
	rowsOf := regexp.MustCompile(`(?s)"data":\[(.*)\],"has_more"`)
	onList := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/accounts") }
	w := newFaultWorld(t)
	w.threeActs(true, w.meddle(onList, -1, rewritten(func(b string) string {
		return rowsOf.ReplaceAllString(b,
			`"data":[$1,$1],"has_more"`)
	})))
	stop := w.meddle(onList, -1, withAnswer(200, nil, `{"object":"list","data":[],"has_more":false,"url":"/v1/x"}`))
	w.threeActs(false, func() { // absence is not deletion
		if n := w.accountsHeld(); n != 3 {
			t.Errorf("%d accounts held", n)
		}
		stop()
	})
}

func TestA19_OlderBalanceNeverBecomesCurrent(t *testing.T) {
	w := newFaultWorld(t)
	_, _, err := w.round()
	w.must(err)
	w.server.Advance(25 * time.Hour)
	before := w.balances()
	asOf, current := regexp.MustCompile(`"as_of":[0-9]+`), regexp.MustCompile(`"current":\{"usd":-?[0-9]+`)
	stop := w.meddle(func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/accounts") }, -1,
		rewritten(func(b string) string {
			return current.ReplaceAllString(asOf.ReplaceAllString(b, `"as_of":1000000`), `"current":{"usd":77`)
		}))
	_, _, err = w.round()
	w.must(err)
	if after := w.balances(); after != before || before == "" {
		t.Errorf("an older balance became current: %s, before %s", after, before)
	}
	w.threeActs(true, stop)
}

func TestA21_RowsOfAnotherModeAreRefused(t *testing.T) {
	w := newFaultWorld(t)
	stop := w.meddle(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/accounts") }, -1,
		rewritten(func(b string) string { return strings.Replace(b, `"livemode":false`, `"livemode":true`, 1) }))
	report := w.threeActs(false, stop)
	if report.AccountsFailed != 1 || len(report.Seen) != 2 {
		t.Errorf("an account of another mode: %+v, seen %v", report.Accounts, report.Seen)
	}
}

func TestA21_RowOfAnotherModeFailsItsAccountAlone(t *testing.T) {
	w := newFaultWorld(t)
	id := w.server.Accounts()[1]
	stop := w.meddle(func(r *http.Request) bool { return onRows(r) && r.URL.Query().Get("account") == id }, -1,
		rewritten(func(b string) string { return strings.Replace(b, `"livemode":false`, `"livemode":true`, 1) }))
	if report := w.threeActs(false, stop); report.AccountsFailed != 1 {
		t.Errorf("%d accounts failed: %+v", report.AccountsFailed, report.Accounts)
	}
}

// settledRow is a row of an account that is settled: what its bank does by itself does not undo a change.
func (w *world) settledRow(account string) string {
	w.t.Helper()
	before := time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC)
	rows := w.file.Rows()
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		if row := rows[id]; row.AccountID == account && row.Status == "posted" && row.TransactedAt.Before(before) {
			return id
		}
	}
	w.t.Fatalf("no row of %s is settled", account)
	return ""
}
