package sync

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// naive is a client as samples show it. It believes whatever it is answered.
type naive struct {
	t       *testing.T
	server  *simulator.Server
	cursors map[string]string
	rows    map[string]string // by id: account, status and amount
	asked   int
}

type naiveRow struct {
	ID, Account, Status string
	Amount              float64 // sin: money in a float, null becomes 0
}

func (n *naive) get(path string, form url.Values, into any) {
	n.asked++
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet,
		"http://simulator/v1/financial_connections"+path+"?"+form.Encode(), nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk_test_naive")
	if answer, err := n.server.Transport().RoundTrip(r); err == nil {
		_ = json.NewDecoder(answer.Body).Decode(into) // sin: status and errors are not looked at
		_ = answer.Body.Close()
	}
}

func (n *naive) round() {
	for _, id := range n.server.Accounts() {
		form := url.Values{"account": {id}, "limit": {"100"}}
		if n.cursors[id] != "" {
			form.Set("transaction_refresh[after]", n.cursors[id])
		}
		for more := true; more && n.asked < 200; { // sin: nothing but this test's patience ends a loop
			var page struct {
				Data    []naiveRow
				HasMore bool `json:"has_more"`
			}
			n.get("/transactions", form, &page)
			for _, row := range page.Data {
				n.rows[row.ID] = row.Account + row.Status + strconv.FormatFloat(row.Amount, 'f', -1, 64)
				form.Set("starting_after", row.ID)
			}
			more = page.HasMore
		}
		var a struct {
			Refresh struct{ ID string } `json:"transaction_refresh"`
		}
		n.get("/accounts/"+id, nil, &a) // sin: the cursor is read after paging
		n.cursors[id] = a.Refresh.ID    // sin: whether it succeeded or not
	}
}

// holds reports whether it has every row as it is.
func (n *naive) holds() bool {
	for _, raw := range n.server.Truth().Transactions {
		var row struct {
			ID, Account, Status string
			Amount              json.Number
		}
		if err := json.Unmarshal(raw, &row); err != nil {
			n.t.Fatal(err)
		}
		if n.rows[row.ID] != row.Account+row.Status+row.Amount.String() {
			return false
		}
	}
	return n.asked < 200
}

// TestNaiveClientFailsScriptsThatFcpipePasses: each script catches a sin of naive clients, so
// the simulator bites, and fcpipe comes to the truth in two clean rounds after it.
func TestNaiveClientFailsScriptsThatFcpipePasses(t *testing.T) {
	for sin, script := range map[string]string{
		"none: the naive client can be right": ``,
		"cursor read after paging": faultScript(`"page": 2, "per_account": true, "times": 1`,
			`"move_row": "top", "reveal": "new_refresh"`),
		"failed refresh taken as cursor": faultScript(`"feature": "transactions", "times": 3`,
			`"fail_refresh": true`),
		"no guard against a page that repeats": faultScript(`"param": "starting_after"`, `"repeat_page": true`),
		"no guard against an empty page that goes on": faultScript(`"path": "/transactions"`,
			`"empty_page_has_more": true`),
		"errors taken for the end": faultScript(`"page": 2`, `"status": 500`),
		"an empty object taken for a list": faultScript(`"path": "/transactions"`,
			`"status": 200, "body": "{}"`),
		"a body cut off taken for a page": faultScript(`"path": "/transactions"`, `"truncate_at": 900`),
		"null taken for zero": faultScript(`"path": "/transactions"`,
			`"set": {"amount": null}`),
		"rows of another account taken": faultScript(`"path": "/transactions"`,
			`"set": {"account": "fca_other"}`),
		"money in a float": faultScript(`"path": "/transactions", "nth": 1`,
			`"change_row": {"amount": 9007199254740993}, "reveal": "silently"`),
	} {
		t.Run(sin, func(t *testing.T) {
			t.Parallel()
			n := &naive{t: t, server: naiveWorld(t).server, cursors: map[string]string{}, rows: map[string]string{}}
			underScript(t, n.server, script, (&world{t: t, server: n.server}).refreshedByOthers, n.round)
			if n.holds() != (script == "") {
				t.Errorf("the naive client came to the truth: %v", n.holds())
			}
			w := naiveWorld(t)
			w.change = func(o *Options) {
				o.Policy.Transactions.Mode, o.Policy.Balance.Mode = plan.ModeOff,
					plan.ModeOff
			}
			underScript(t, w.server, script, w.refreshedByOthers, func() {
				_, _, err := w.round()
				if err != nil && script == "" {
					t.Fatal(err)
				}
			})
			w.wantTruth()
		})
	}
}

// threePages is a world whose accounts have three pages of rows.
var threePages = simulator.Config{
	Seed: 6, Accounts: 3, Holders: 3, HistoryDays: 60, RowsPerAccount: 250, Calm: true, Linked: true,
}

func naiveWorld(t *testing.T) *world { return newWorld(t, threePages) }

// refreshedByOthers lets time pass and others refresh every account.
func (w *world) refreshedByOthers() {
	w.t.Helper()
	w.server.Advance(7 * time.Hour)
	w.refreshAll()
	w.server.Advance(10 * time.Minute)
}

// underScript runs a round under a script, then two clean ones after another refresh.
func underScript(t *testing.T, server *simulator.Server, script string, refresh, round func()) {
	t.Helper()
	if script != "" {
		if err := server.AddFault(fault(script)); err != nil {
			t.Fatal(err)
		}
	}
	refresh()
	round()
	server.ClearFaults()
	refresh()
	round()
	server.Advance(20 * time.Minute)
	round()
}
