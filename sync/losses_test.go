package sync

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

func TestVanishedRowStartsAgainFromTheFirstPage(t *testing.T) {
	for skip := range 5 {
		w := newWorld(t, simulator.Config{
			Seed: 4, Accounts: 1, Holders: 1, RowsPerAccount: 450, Linked: true,
			Calm: true,
		})
		w.server.AddFault(
			fault(
				fmt.Sprintf(
					`{"when":{"method":"GET","path":"/transactions","skip":%d,"times":1},"do":{"status":400,`+
						`"body":"{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"resource_missing\",`+
						`\"param\":\"starting_after\",\"message\":\"x\"}}"}}`,
					skip,
				),
			),
		)
		report, _, err := w.round()
		w.must(err)
		for _, a := range report.Accounts {
			if skip > 0 && a.Outcome != outcomeComplete {
				t.Errorf("page %d gone: %s %s", skip, a.Outcome, orEmpty(a.Reason))
			}
		}
	}
}

func TestRefreshThatSettlesBetweenRoundsIsCountedAndKeepsToTheBudget(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 3, Holders: 3, HistoryDays: 20, Linked: true, Calm: true})
	limit := int64(1_500_000)
	w.change = func(o *Options) { o.Policy.Wait, o.Policy.MaxPerMonth = 0, &limit }
	for range 14 {
		w.server.Advance(30 * time.Hour)
		_, _, err := w.round()
		w.must(err)
		spent := map[string]int64{}
		for _, c := range w.server.Meter().Charges {
			spent[time.Unix(c.At, 0).UTC().Format("2006-01")] += map[string]int64{
				"balance":            100_000,
				"transactions_month": 300_000,
			}[c.Kind]
		}
		for month, amount := range spent {
			if amount > limit {
				t.Fatalf("%s: the server charged %d, the budget is %d", month, amount, limit)
			}
		}
	}
	w.change = nil
	_, _, err := w.round()
	w.must(err)
	counted := 0
	for _, c := range w.journal.Charges() {
		if c.Kind == plan.FeatureBalance {
			counted++
		}
	}
	if charged := w.charges(plan.FeatureBalance); counted != charged {
		t.Errorf("%d balances counted, the server charged %d", counted, charged)
	}
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

func TestStopWhileBuyingAnnouncesNothingMore(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 40, Holders: 40, HistoryDays: 5, Linked: true, Calm: true})
	ctx, cancel := context.WithCancel(t.Context())
	posts := 0
	w.change = func(o *Options) { o.Stripe.Concurrency = 1 }
	w.between = func(r *http.Request) {
		if r.Method == http.MethodPost {
			if posts++; posts == 3 {
				cancel()
			}
		}
	}
	w.server.Advance(30 * time.Hour)
	if _, err := w.killed(ctx); err == nil {
		t.Error("not stopped")
	}
	if open := len(w.journal.OpenIntents()); open > 1 {
		t.Errorf("%d open intents", open)
	}
}

func TestPurchaseRefusedThenLostIsFoundAgain(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 20, Linked: true, Calm: true})
	w.change = func(o *Options) { o.Policy.Transactions.Mode = plan.ModeOff }
	w.server.Advance(30 * time.Hour)
	w.server.AddFault(fault(`{"when": {"method": "POST", "path": "/refresh", "times":1}, "do": {"status": 403}}`))
	_, _, err := w.round()
	w.must(err)
	w.server.ClearFaults()
	w.server.AddFault(refreshAnswersLost())
	_, _, err = w.round()
	w.must(err)
	if open := len(w.journal.OpenIntents()); open != 1 {
		t.Errorf("%d open intents", open)
	}
	w.server.ClearFaults()
	w.server.Advance(time.Hour)
	_, _, err = w.round()
	w.must(err)
	if counted, charged := len(w.journal.Charges())-w.charges("transactions_month"),
		w.charges(plan.FeatureBalance); counted != charged || charged != 1 {
		t.Errorf("%d counted, %d charged", counted, charged)
	}
}

func TestReadAllowanceIsNotExceeded(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 10, Holders: 5, RowsPerAccount: 500, Calm: true, Linked: true})
	w.server.Advance(time.Hour)
	const concurrency = 4
	w.change = func(o *Options) { o.Policy.ReadsPer30Days, o.Stripe.Concurrency = 20, concurrency }
	report, _, err := w.round()
	w.must(err)
	if report.Reads > 20+concurrency || !report.Plan.Blocked || report.Complete {
		t.Errorf("%d reads, blocked %v, complete %v", report.Reads, report.Plan.Blocked, report.Complete)
	}
	if counted := w.journal.ReadsSince(time.Time{}, ""); counted != report.Reads {
		t.Errorf("%d reads counted of %d", counted, report.Reads)
	}
}

// TestAccountWithoutAnEndEatsNobodysReads: a list that always promises another page takes its
// share of the allowance once. The other accounts are read whole, and on the next nights it is
// not asked at all, until the allowance is raised.
func TestAccountWithoutAnEndEatsNobodysReads(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 4, Holders: 4, HistoryDays: 5, Linked: true, Calm: true})
	allowed := int64(1500)
	w.change = func(o *Options) {
		o.Policy.ReadsPer30Days, o.Policy.Balance.Mode, o.Stripe.Concurrency = allowed, plan.ModeOff, 1
	}
	endless, pages := slices.Min(w.server.Accounts()), int64(0)
	stop := w.meddle(func(r *http.Request) bool { return onRows(r) && r.URL.Query().Get("account") == endless }, -1,
		func(r *http.Request, _ func() *http.Response) (*http.Response, error) {
			pages++
			return answered(
				r,
				200,
				nil,
				fmt.Sprintf(
					`{"object":"list","url":"/v1/x","has_more":true,"data":[{"id":"fctxn_%d",
			"object":"financial_connections.transaction","account":%q,
			"amount":-1,"currency":"usd","description":"x","livemode":false,"status":"posted",
			"status_transitions":{"posted_at":1780000000,"void_at":null},
			"transacted_at":1780000000,"transaction_refresh":"fctxnref_x","updated":1780000000}]}`,
					pages,
					endless,
				),
			), nil
		})
	for night, most := range []int64{150, 0, 0} {
		pages = 0
		report, _, err := w.round()
		w.must(err)
		if pages != most || report.Complete || report.AccountsFailed != 1 {
			t.Errorf("night %d: %d pages of one account, want %d; complete %v, %d failed", night, pages, most,
				report.Complete, report.AccountsFailed)
		}
		for _, a := range report.Accounts {
			if a.AccountID == endless && (a.Outcome != outcomeIncomplete || *a.ErrorCode != codePages) {
				t.Errorf("night %d: %+v", night, a)
			}
		}
		w.server.Advance(25 * time.Hour)
	}
	if n := w.rowsOf(endless); n != 150 {
		t.Errorf("%d of the rows that were read are held", n)
	}
	if n := w.cursors(); n != 3 {
		t.Errorf("%d cursors: those of the others, and only those, are to move", n)
	}
	stop()
	allowed = 15_000
	report, _, err := w.round()
	if w.must(err); !report.Complete {
		t.Errorf("with ten times the allowance: %+v", report.Accounts)
	}
}
