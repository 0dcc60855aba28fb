package sync

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/wire"
)

type jsonObject = map[string]any

// odd is one value of an account that is not as promised, and what becomes of the account.
type odd struct {
	path   string // of the field, dots between names
	value  any    // removed is none
	object string // what is refused; "" is nothing
	field  string
	stays  bool // the cursor: rows are held, and not known to be all
}

type removed struct{}

// odds are single values beside those that make an account. Every one leaves the account's rows alone.
var odds = []odd{
	{"balance.as_of", nil, "balance", "balance.as_of", false},
	{"balance.current", jsonObject{"usd": 1.5}, "balance", "balance.current", false},
	{"balance.current", jsonObject{"usd": 1, "USD": 2}, "balance", "balance.current", false},
	{"balance", "none", "balance", "balance", false},
	{"balance_refresh.status", 7, "balance_refresh", "balance_refresh.status", false},
	{"balance_refresh.last_attempted_at", 1.5, "balance_refresh", "balance_refresh.last_attempted_at", false},
	{
		"transaction_refresh.last_attempted_at", nil, "transaction_refresh", "transaction_refresh.last_attempted_at",
		true,
	},
	{"transaction_refresh.last_attempted_at", 0, "transaction_refresh", "transaction_refresh.last_attempted_at", true},
	{"transaction_refresh.id", nil, "transaction_refresh", "transaction_refresh.id", true},
	{"transaction_refresh", []int{1}, "transaction_refresh", "transaction_refresh", true},
	{"account_holder.customer", 7, "account_holder", "account_holder.customer", false},
	{"last4", 42, "last4", "last4", false},
	{"display_name", []int{}, "display_name", "display_name", false},
	{"permissions", "all", "permissions", "permissions", false},
	{"permissions", nil, "", "", false},
	{"permissions", removed{}, "", "", false},
	{"subscriptions", nil, "", "", false},
	{"account_holder", nil, "", "", false},
	{"status_details", jsonObject{"active": jsonObject{"expected_deactivation_date": 1e30}}, "", "", false},
	{"balance_refresh.next_refresh_available_at", json.Number("99999999999999999999"), "", "", false},
	{"transaction_refresh.last_attempted_at", 1764331200000, "", "", false},
	{"balance_refresh.last_attempted_at", 0, "", "", false},
	{"balance_refresh.last_attempted_at", -86400, "", "", false},
	{"balance.as_of", 253402300799000, "balance", "balance.as_of", false},
	{"balance.as_of", 253402300799, "", "", false}, // the last: days up to then are no matter of this test
}

func (o odd) change(account jsonObject) {
	names := strings.Split(o.path, ".")
	inner := account
	for _, name := range names[:len(names)-1] {
		next, is := inner[name].(jsonObject)
		if !is {
			return // null: there is nothing to change
		}
		inner = next
	}
	if inner[names[len(names)-1]] = o.value; o.value == any(removed{}) {
		delete(inner, names[len(names)-1])
	}
}

// oddly answers accounts as change makes them, wherever they are shown.
func (w *world) oddly(change func(jsonObject)) (stop func()) {
	isAccount := func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/accounts") }
	return w.meddle(isAccount, -1, func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
		answer := send()
		decoder, body := json.NewDecoder(answer.Body), jsonObject{}
		decoder.UseNumber()
		if err := decoder.Decode(&body); err != nil {
			return answer, err
		}
		if rows, isList := body["data"].([]any); isList {
			for _, row := range rows {
				change(row.(jsonObject))
			}
		} else {
			change(body)
		}
		text, err := json.Marshal(body)
		answer.Body = io.NopCloser(bytes.NewReader(text))
		return answer, err
	})
}

// TestOneOddValueOfAnAccountIsItsAlone: each account has another value that is not as promised, when it is new
// and again when it is known. Its rows are held all the same, what is refused is named, everybody else is whole,
// and once the values are right so is everything.
func TestOneOddValueOfAnAccountIsItsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 11, Accounts: len(odds) + 1, Holders: len(odds) + 1, HistoryDays: 40,
		RowsPerAccount: 20, Calm: true, Linked: true,
	})
	ids := w.server.Accounts()
	oddOf := map[string]odd{}
	for i, o := range odds[:len(odds)-1] {
		oddOf[ids[i]] = o
	}
	w.server.Advance(25 * time.Hour)
	for act, when := range []string{"new", "known"} {
		if act == 1 {
			oddOf[ids[len(odds)-1]] = odds[len(odds)-1]
		}
		stop := w.oddly(func(account jsonObject) {
			if o, is := oddOf[fmt.Sprint(account["id"])]; is {
				o.change(account)
			}
		})
		report, _, err := w.round()
		w.must(err)
		w.wantTruth()
		w.wantRefused(when, ids, report)
		stop()
		w.server.Advance(20 * time.Minute)
		clean, _, err := w.round()
		w.must(err)
		if !clean.Complete {
			t.Errorf("%s, then right: %+v", when, clean.Accounts)
		}
		w.wantTruth()
		if n := w.accountsThat(func(a schema.AccountState) bool {
			return a.HolderID == nil || a.CompleteThroughAt != nil && a.CompleteThroughAt.Year() >= 2100
		}); n != 0 && act == 1 {
			t.Errorf("%s: %d accounts without their holder, or complete for ever", when, n)
		}
		w.paidOncePerWindow()
		w.server.Advance(25 * time.Hour)
	}
}

// wantRefused holds a round to the list of odd values.
func (w *world) wantRefused(when string, ids []string, report Report) {
	w.t.Helper()
	outcomes := map[string]string{}
	for _, o := range report.Accounts {
		outcomes[o.AccountID] = o.Outcome
	}
	for i, o := range odds {
		name := fmt.Sprintf("%s: %s = %v", when, o.path, o.value)
		if isWhole := outcomes[ids[i]] == "" || outcomes[ids[i]] == outcomeComplete; isWhole != (o.object == "") {
			w.t.Errorf("%s: its outcome is %q", name, outcomes[ids[i]])
		}
		found := w.refused(ofAccount(ids[i]))
		if want := strings.TrimSpace(o.object + " " + o.field); found != want {
			w.t.Errorf("%s: refused is %s, want %s", name, found, want)
		}
		if when == "known" {
			continue // the cursor of the first time is kept, or moved on
		}
		if held := w.account(ids[i]).CursorRefreshID == nil; held != o.stays {
			w.t.Errorf("%s: the cursor stays: %v", name, held)
		}
	}
	if last := ids[len(ids)-1]; outcomes[last] != "" && outcomes[last] != outcomeComplete {
		w.t.Errorf("%s: an account that is in order: %q", when, outcomes[last])
	}
}

// TestEntriesThatAreNoAccountAreRefusedAlone: whatever stands in the list beside accounts, those are read.
func TestEntriesThatAreNoAccountAreRefusedAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 11, Accounts: 3, Holders: 3, HistoryDays: 30, RowsPerAccount: 20,
		Calm: true, Linked: true,
	})
	w.server.Advance(25 * time.Hour)
	strange := []string{
		`5`, `"fca_1"`, `[]`, `null`, `true`, `{}`, `{"id":null}`,
		`{"id":17,"object":"financial_connections.account"}`, `{"id":""}`,
		`{"id":"fca_x\u001b[2J"}`, `{"id":"` + strings.Repeat("x", 300) + `"}`, strings.Repeat(`{"a":`, 100) + "1" +
			strings.Repeat("}", 100),
		`{"x":[` + strings.Repeat("0,", wire.MaxValues) + `0]}`, strings.Repeat("[", 100_000) +
			strings.Repeat("]", 100_000), strings.Repeat(`{"a":[`, 20_000) + strings.Repeat("]}", 20_000),
	}
	named := []string{
		`{"id":"fca_deleted","object":"financial_connections.account","deleted":true}`,
		`{"id":"fca_live","object":"financial_connections.account","category":"cash","created":1,` +
			`"institution_name":"B","livemode":true,"status":"active","subcategory":"other"}`,
	}
	isList := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/accounts") }
	stop := w.meddle(isList, -1, rewritten(func(body string) string {
		return strings.Replace(strings.Replace(body, `"data":[`, `"data":[`+strings.Join(named, ",")+`,`, 1),
			`],"has_more"`, `,`+strings.Join(strange, ",")+`],"has_more"`, 1)
	}))
	report := w.threeActs(false, stop)
	if int(report.EntriesRefused) != len(strange) || report.AccountsFailed != int64(len(named)) ||
		len(report.Seen) != 3 {
		t.Errorf("%d entries refused, %d accounts failed, seen %v", report.EntriesRefused, report.AccountsFailed,
			report.Seen)
	}
	unnamed, byID := 0, []string{}
	for _, q := range w.file.Refused() {
		if q.AccountID != "" {
			byID = append(byID, q.AccountID+" "+q.Field)
		} else if q.Object == "account" {
			unnamed++
		}
	}
	if unnamed != len(strange) {
		t.Errorf("%d entries without an id in quarantine, want %d", unnamed, len(strange))
	}
	if slices.Sort(byID); !slices.Equal(byID, []string{"fca_deleted category", "fca_live livemode"}) {
		t.Errorf("refused by id: %q", byID)
	}
}

// TestPagesGoOnPastEntriesWithoutAnID: a page hangs on its last entry that has one, for accounts and rows.
func TestPagesGoOnPastEntriesWithoutAnID(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 11, Accounts: 120, Holders: 60, HistoryDays: 5, RowsPerAccount: 3,
		Calm: true, Linked: true,
	})
	w.change = func(o *Options) { o.Policy.Balance.Mode = plan.ModeOff }
	w.server.Advance(25 * time.Hour)
	id := w.server.Accounts()[0]
	isList := func(r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/accounts") || onRows(r) && r.URL.Query().Get("account") == id
	}
	stop := w.meddle(isList, -1, rewritten(func(body string) string {
		return strings.Replace(body, `],"has_more"`, `,{"object":"odd"}],"has_more"`, 1)
	}))
	report := w.threeActs(false, stop)
	if len(report.Seen) != 120 || report.EntriesRefused != 1 || report.AccountsFailed != 1 {
		t.Errorf("seen %d, %d entries refused, %d accounts failed", len(report.Seen), report.EntriesRefused,
			report.AccountsFailed)
	}
}

// TestAnInstitutionThatIsNotStatedIsBilled: Stripe bills for an account that is refused like for any other.
func TestAnInstitutionThatIsNotStatedIsBilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 11, Accounts: 4, Holders: 4, HistoryDays: 30, RowsPerAccount: 20,
		Calm: true, Linked: true,
	})
	w.server.Advance(25 * time.Hour)
	ids := w.server.Accounts()
	for range 2 { // when it is new, and in another month when it is known
		stop := w.oddly(func(account jsonObject) {
			if slices.Contains(ids[:2], fmt.Sprint(account["id"])) {
				account["institution_name"] = nil
			}
		})
		report, _, err := w.round()
		w.must(err)
		if report.AccountsFailed != 2 {
			t.Errorf("%+v", report.Accounts)
		}
		counted := 0
		for _, c := range w.journal.Charges() {
			if c.Kind == "transactions_month" {
				counted++
			}
		}
		if billed := w.charges("transactions_month"); counted != billed {
			t.Errorf("%d months counted, the server billed %d", counted, billed)
		}
		stop()
		w.server.Advance(32 * 24 * time.Hour)
	}
}
