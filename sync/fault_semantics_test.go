package sync

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
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
		o.Policy.Transactions, o.Policy.Balance.Mode = plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 20 * time.Hour}, plan.ModeOff
	}
	w.server.AddFault(fault(`{"when": {"feature": "transactions", "times": 3}, "do": {"pend_for": "60h"}}`))
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
		o.Policy.Transactions, o.Policy.Balance.Mode = plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 20 * time.Hour}, plan.ModeOff
	}
	_, _, err := w.round()
	w.must(err)
	id := w.server.Accounts()[0]
	before := w.text("SELECT cursor_refresh_id FROM main.accounts WHERE account_id = '" + id + "'")
	w.server.Advance(25 * time.Hour)
	w.server.AddFault(fault(`{"when": {"account": "` + id + `"}, "do": {"fail_refresh": true}}`))
	_, _, err = w.round()
	w.must(err)
	if after := w.text("SELECT cursor_refresh_id FROM main.accounts WHERE account_id = '" + id + "'"); after != before {
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
	if cursor := w.value("SELECT count(*) FROM main.accounts WHERE account_id = '" + id + "' AND cursor_refresh_id IS NOT NULL"); cursor != 0 {
		t.Error("its cursor moved")
	}
	report, _, err = w.round()
	w.must(err)
	if !report.Complete || w.value("SELECT count(*) FROM main.accounts WHERE status = 'disconnected'") != 1 {
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

func TestA5_DuplicatesAndRepeatedPages(t *testing.T) {
	rowsOf := regexp.MustCompile(`(?s)"data":\[(.*)\],"has_more"`)
	w := newFaultWorld(t)
	w.threeActs(true, w.meddle(onRows, -1, rewritten(func(b string) string { return rowsOf.ReplaceAllString(b, `"data":[$1,$1],"has_more"`) })))
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
	report := w.threeActs(false, w.meddle(onRows, -1, withAnswer(200, nil, `{"object":"list","data":[],"has_more":true,"url":"/v1/x"}`)))
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
	if n := w.value("SELECT count(*) FROM main.transactions t JOIN main.transaction_versions v USING (transaction_id) WHERE v.superseded_on_arrival AND t.version = v.version"); n != 0 {
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
	// a row that is settled: what its bank does by itself does not undo the change
	do = strings.ReplaceAll(do, "SETTLED", w.text("SELECT min(transaction_id) FROM main.transactions WHERE status = 'posted' AND transacted_at < '2026-05-10' AND account_id = '"+account+"'"))
	if err := w.server.AddFault(fault(`{"when": {"path": "/transactions", "account": "` + account + `", "times": 1}, "do": ` + do + `}`)); err != nil {
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
	w := underChange(t, `{"change_row": {"status": "posted", "amount": -4242, "currency": "eur", "description": "OTHER", "transacted_at": 1780000000}, "row": "SETTLED", "reveal": "new_refresh"}`)
	w.wantTruth()
	if n := w.value("SELECT count(*) FROM main.transactions WHERE amount_minor = -4242 AND currency = 'eur' AND description = 'OTHER' AND version > 1"); n != 1 {
		t.Errorf("%d rows as they became", n)
	}
	if n := w.value("SELECT count(*) FROM main.transaction_versions v JOIN main.transactions t USING (transaction_id) WHERE t.amount_minor = -4242 AND v.version < t.version AND v.currency = 'usd'"); n < 1 {
		t.Error("what it was before is not kept")
	}
}

func TestA9_IDReplacedIsVoidAndANewRow(t *testing.T) {
	w := underChange(t, `{"replace_row": true, "row": "SETTLED", "reveal": "new_refresh"}`)
	w.wantTruth()
	if n := w.value("SELECT count(*) FROM main.transactions v JOIN main.transactions p ON p.account_id = v.account_id AND p.amount_minor = v.amount_minor AND p.description = v.description AND p.transacted_at = v.transacted_at WHERE v.status = 'void' AND p.status = 'posted'"); n < 1 {
		t.Error("the void row and the one in its place are not both held")
	}
}

func TestA20_HistoryThatShrinksDeletesNothing(t *testing.T) {
	w := underChange(t, `{"shrink_history": "480h"}`)
	removed := 0
	for _, id := range w.server.Truth().Removed {
		removed += int(w.value("SELECT count(*) FROM main.transactions WHERE transaction_id = '" + id + "'"))
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
	w.threeActs(true, w.meddle(func(r *http.Request) bool { return onRows(r) && r.URL.Query().Has("transaction_refresh[after]") }, -1,
		withAnswer(400, nil, `{"error": {"type": "invalid_request_error", "code": "resource_missing", "param": "transaction_refresh[after]"}}`)))
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
	w.must(w.server.AddFault(fault(`{"when": {"path": "/transactions", "account": "` + id + `", "param": "transaction_refresh[after]", "times": 1}, "do": {"status": 400, "code": "resource_missing"}}`)))
	report, _, err := w.round()
	w.must(err)
	if !report.Complete {
		t.Errorf("%+v", report.Accounts)
	}
	for _, o := range report.Accounts {
		if marked := orEmpty(o.ErrorCode) == codeCursorUnknown && o.RequestID != nil; marked != (o.AccountID == id) || o.Outcome != outcomeComplete {
			t.Errorf("%s: %s %s", o.AccountID, o.Outcome, orEmpty(o.ErrorCode))
		}
	}
	w.wantTruth()
}

func TestA11_FieldsGoneOrOfAnotherType(t *testing.T) {
	refusesRows(t, map[string][2]string{
		"amount gone": {"amount", `"amounts":1`}, "status number": {"status", `"status":7`}, "livemode text": {"livemode", `"livemode":"false"`},
	})
}

func TestA12_NullIsNeverZero(t *testing.T) {
	refusesRows(t, map[string][2]string{
		"amount": {"amount", `"amount":null`}, "currency": {"currency", `"currency":null`}, "description": {"description", `"description":null`},
	})
}

func TestA13_AmountsThatAreNoInteger(t *testing.T) {
	refusesRows(t, map[string][2]string{
		"3.5": {"amount", `"amount":3.5`}, "1e3": {"amount", `"amount":1e3`}, "text": {"amount", `"amount":"100"`}, "2^63": {"amount", `"amount":9223372036854775808`},
	})
}

func TestA15_TimesThatCannotBeStored(t *testing.T) {
	refusesRows(t, map[string][2]string{
		"text": {"transacted_at", `"transacted_at":"yesterday"`}, "beyond": {"transacted_at", `"transacted_at":99999999999999999`},
	})
}

// refusesRows: the row goes to quarantine with its field, its neighbours land, the account's
// cursor stays; a value is never rounded or made up.
func refusesRows(t *testing.T, changes map[string][2]string) {
	t.Helper()
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			stop := w.meddle(onRows, -1, firstRow(change[0], change[1]))
			report := w.threeActs(false, func() {
				if w.value("SELECT count(*) FROM main.transactions") < 300 || w.value("SELECT count(*) FROM meta.quarantine") == 0 {
					t.Error("neighbours did not land, or nothing is in quarantine")
				}
				if w.value("SELECT count(*) FROM main.accounts WHERE cursor_refresh_id IS NOT NULL") != 0 {
					t.Error("a cursor moved past a refused row")
				}
				stop()
			})
			if report.AccountsFailed != 3 {
				t.Errorf("%d of 3 accounts failed", report.AccountsFailed)
			}
		})
	}
}

// strangeRow is a field as it comes, and the question that finds it kept.
type strangeRow struct{ field, value, query string }

func TestA11_UnknownIsKept(t *testing.T) {
	keepsRows(t, map[string]strangeRow{
		"unknown status": {"status", `"status":"reversed"`, "SELECT count(*) FROM main.transactions WHERE status = 'reversed'"},
		"new field":      {"currency", `"currency":"usd","mood":{"a":[1,2.50]}`, "SELECT count(*) FROM main.transactions WHERE extra->>'$.mood.a[1]' = '2.50' OR extra::VARCHAR LIKE '%2.50%'"},
	})
}

func TestA13_AmountsAtTheEdge(t *testing.T) {
	keepsRows(t, map[string]strangeRow{
		"int64 least": {"amount", `"amount":-9223372036854775808`, "SELECT count(*) FROM main.transactions WHERE amount_minor = -9223372036854775808"},
		"zero":        {"amount", `"amount":-0`, "SELECT count(*) FROM main.transactions WHERE amount_minor = 0"},
	})
}

func TestA14_AnotherCurrency(t *testing.T) {
	keepsRows(t, map[string]strangeRow{
		"yen": {"currency", `"currency":"jpy"`, "SELECT count(*) FROM main.transactions WHERE currency = 'jpy'"},
	})
}

func TestA16_HostileAndLongText(t *testing.T) {
	hostile := "'; DROP TABLE x; -- =cmd() ../../etc \u202e \x1b[31m \\ \" \n"
	text, _ := json.Marshal(hostile)
	keepsRows(t, map[string]strangeRow{
		"hostile text": {"description", `"description":` + string(text), "SELECT count(*) FROM main.transactions WHERE description LIKE '%DROP TABLE x%' AND description LIKE '%' || chr(27) || '%'"},
		"long text":    {"description", `"description":"` + strings.Repeat("x", 1<<20) + `"`, "SELECT count(*) FROM main.transactions WHERE length(description) = 1048576"},
	})
}

func TestA17_StrangeIDs(t *testing.T) {
	keepsRows(t, map[string]strangeRow{
		"odd id":  {"id", `"id":"fctxn_../..%2F:A"`, "SELECT count(*) FROM main.transactions WHERE transaction_id = 'fctxn_../..%2F:A'"},
		"long id": {"id", `"id":"fctxn_` + strings.Repeat("i", 249) + `"`, "SELECT count(*) FROM main.transactions WHERE length(transaction_id) = 255"},
	})
}

// keepsRows: what is strange but legal is kept exactly as it is.
func keepsRows(t *testing.T, rows map[string]strangeRow) {
	t.Helper()
	for name, test := range rows {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			w.meddle(func(r *http.Request) bool { return onRows(r) && r.URL.Query().Get("account") == w.server.Accounts()[0] }, 1, firstRow(test.field, test.value))
			report, _, err := w.round()
			if err != nil || !report.Complete {
				t.Fatalf("%v %+v", err, report.Accounts)
			}
			if n := w.value(test.query); n != 1 {
				t.Errorf("%d rows as they came, want 1", n)
			}
		})
	}
}

func TestA18_AccountsTwiceOrNone(t *testing.T) {
	rowsOf := regexp.MustCompile(`(?s)"data":\[(.*)\],"has_more"`)
	onList := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/accounts") }
	w := newFaultWorld(t)
	w.threeActs(true, w.meddle(onList, -1, rewritten(func(b string) string { return rowsOf.ReplaceAllString(b, `"data":[$1,$1],"has_more"`) })))
	stop := w.meddle(onList, -1, withAnswer(200, nil, `{"object":"list","data":[],"has_more":false,"url":"/v1/x"}`))
	w.threeActs(false, func() { // absence is not deletion
		if n := w.value("SELECT count(*) FROM main.accounts"); n != 3 {
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
	before := w.text("SELECT string_agg(account_id || current_minor, ',' ORDER BY account_id) FROM (FROM main.Balances QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY as_of DESC, observed_at DESC) = 1)")
	asOf, current := regexp.MustCompile(`"as_of":[0-9]+`), regexp.MustCompile(`"current":\{"usd":-?[0-9]+`)
	stop := w.meddle(func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/accounts") }, -1,
		rewritten(func(b string) string {
			return current.ReplaceAllString(asOf.ReplaceAllString(b, `"as_of":1000000`), `"current":{"usd":77`)
		}))
	_, _, err = w.round()
	w.must(err)
	if after := w.text("SELECT string_agg(account_id || current_minor, ',' ORDER BY account_id) FROM (FROM main.Balances QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY as_of DESC, observed_at DESC) = 1)"); after != before {
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

// text asks the published file for one text.
func (w *world) text(query string) (text string) {
	w.t.Helper()
	reader, err := reader.Open(w.t.Context(), w.store.Layout(), duck.Settings{})
	w.must(err)
	defer reader.Close()
	w.must(reader.Database().QueryRowContext(w.t.Context(), "SELECT coalesce(("+query+")::VARCHAR, 'NULL')").Scan(&text))
	return text
}

// post acts as somebody else with the same Stripe account.
func (w *world) post(id, operation, body string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, fmt.Sprintf("http://simulator/v1/financial_connections/accounts/%s/%s", id, operation), strings.NewReader(body))
	w.must(err)
	r.Header.Set("Authorization", "Bearer sk_test_other")
	answer, err := w.server.Transport().RoundTrip(r)
	w.must(err)
	_ = answer.Body.Close()
}
