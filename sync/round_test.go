package sync

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

func TestFirstRoundHoldsTheTruthAndAQuietOneAsksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 15, Holders: 7, HistoryDays: 40})
	report, merged, err := w.round()
	w.must(err)
	if merged.TransactionsNew == 0 || !report.Complete {
		t.Fatalf("first round: %+v, %+v", report, merged)
	}
	w.wantTruth()
	quiet, _, err := w.round()
	w.must(err)
	if quiet.Reads != 1 || quiet.Writes != 0 {
		t.Errorf("a quiet round sent %d reads and %d writes", quiet.Reads, quiet.Writes)
	}
	for range 4 {
		w.server.Advance(24 * time.Hour)
		_, _, err := w.round()
		w.must(err)
		w.wantTruth()
	}
}

func TestPurchaseWhoseAnswerIsLostIsAdoptedNotRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 20, Linked: true, Calm: true})
	w.server.Advance(30 * time.Hour)
	w.server.AddFault(refreshAnswersLost())
	report, _, err := w.round()
	w.must(err)
	if report.AccountsFailed != 2 || len(w.journal.OpenIntents()) != 2 {
		t.Fatalf("%d accounts failed, %d intents open", report.AccountsFailed, len(w.journal.OpenIntents()))
	}
	w.server.ClearFaults()
	report, _, err = w.round()
	w.must(err)
	if open := w.journal.OpenIntents(); len(open) != 0 || !report.Complete {
		t.Errorf("intents still open: %v; %+v", open, report.Accounts)
	}
	if got := w.charges("balance"); got != 2 {
		t.Errorf("%d balance refreshes charged, want 2", got)
	}
	if spent := w.journal.SpentSince(time.Time{}); spent != 2*100_000+2*300_000 {
		t.Errorf("counted %d micro-USD", spent)
	}
}

// TestPurchaseWhoseAnswerIsLostIsAdoptedADayLater: Stripe has forgotten the key by then, the account shows what was
// bought.
func TestPurchaseWhoseAnswerIsLostIsAdoptedADayLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 20, Linked: true, Calm: true})
	w.server.Advance(30 * time.Hour)
	w.server.AddFault(refreshAnswersLost())
	_, _, err := w.round()
	w.must(err)
	w.server.ClearFaults()
	w.server.Advance(25 * time.Hour)
	_, _, err = w.round()
	w.must(err)
	if open := w.journal.OpenIntents(); len(open) != 0 {
		t.Errorf("intents still open: %v", open)
	}
	paid := int64(w.charges("balance"))*100_000 + 2*300_000
	if spent := w.journal.SpentSince(time.Time{}); spent != paid || w.charges("balance") != 4 {
		t.Errorf("counted %d micro-USD, the bill says %d for %d balances", spent, paid, w.charges("balance"))
	}
}

func TestPurchaseThatNeverArrivedIsSentAgainUnderItsKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 20, Linked: true, Calm: true})
	w.server.Advance(30 * time.Hour)
	keys := map[string]bool{}
	w.between = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/refresh") {
			keys[r.Header.Get("Idempotency-Key")] = true
		}
	}
	w.server.AddFault(fault(`{"when": {"method": "POST", "path": "/refresh"}, "do": {"reset": true}}`))
	_, _, err := w.round()
	w.must(err)
	w.server.ClearFaults()
	w.server.Advance(5 * time.Hour) // another day, whose purchases have other keys
	_, _, err = w.round()
	w.must(err)
	if len(keys) != 1 || w.charges("balance") != 1 {
		t.Errorf("%d keys, %d charges", len(keys), w.charges("balance"))
	}
}

func TestRefreshThatLandsBetweenPagesLosesNoRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 8, Accounts: 1, Holders: 1, HistoryDays: 60, RowsPerAccount: 400,
		Linked: true, Calm: true,
	})
	w.change = func(o *Options) { o.Policy.Balance.Mode = plan.ModeOff }
	w.server.Advance(time.Hour)
	pages, moved := 0, 0
	w.between = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			if pages++; pages%3 == 2 && moved < 2 {
				moved++
				w.server.Advance(26 * time.Hour) // the daily refresh lands
			}
		}
	}
	_, _, err := w.round()
	w.must(err)
	if moved != 2 || pages < 9 {
		t.Fatalf("%d refreshes landed in %d pages", moved, pages)
	}
	w.wantTruth()
}

func TestRefreshOnEveryPassHoldsRowsButNotTheCursor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 8, Accounts: 1, Holders: 1, HistoryDays: 60, RowsPerAccount: 400,
		Linked: true, Calm: true,
	})
	w.change = func(o *Options) { o.Policy.Balance.Mode = plan.ModeOff }
	w.server.Advance(time.Hour)
	w.between = func(r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "starting_after") && strings.HasSuffix(r.URL.Path, "/transactions") {
			w.server.Advance(26 * time.Hour)
		}
	}
	report, merged, err := w.round()
	w.must(err)
	if w.cursors() != 0 {
		t.Error("the cursor moved although a refresh landed on every pass")
	}
	if merged.TransactionsNew == 0 || report.AccountsFailed != 1 {
		t.Errorf("%d rows held, %d accounts incomplete", merged.TransactionsNew, report.AccountsFailed)
	}
	w.between = nil
	_, _, err = w.round()
	w.must(err)
	w.wantTruth()
}

func TestOneAccountFailsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 4, Holders: 4, HistoryDays: 30, Linked: true, Calm: true})
	for account, status := range []int{403, 404, 500} {
		w.server.AddFault(rowsAnswered(w.server.Accounts()[account], status))
	}
	report, merged, err := w.round()
	w.must(err)
	if report.AccountsFailed != 3 || merged.TransactionsNew == 0 {
		t.Errorf("%d failed, %d rows", report.AccountsFailed, merged.TransactionsNew)
	}
	for _, account := range report.Accounts {
		if account.Outcome == outcomeFailed && (account.ErrorCode == nil || account.RequestID == nil) {
			t.Errorf("%s failed without code or request: %+v", account.AccountID, account)
		}
	}
	w.server.ClearFaults()
	_, _, err = w.round()
	w.must(err)
	w.wantTruth()
}

func TestRefusedKeyStopsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 30, Holders: 4, HistoryDays: 30, Linked: true, Calm: true})
	w.server.AddFault(fault(`{"when": {"path": "/transactions", "skip": 3}, "do": {"status": 401}}`))
	report, merged, err := w.round()
	if !errors.Is(err, stripe.ErrKeyRefused) {
		t.Fatalf("error %v", err)
	}
	if report.AccountsFetched < 1 || merged.TransactionsNew == 0 {
		t.Errorf("what was complete was not kept: %+v", merged)
	}
	refused := w.server.Meter().Statuses[http.StatusUnauthorized]
	if refused > 4 { // those in flight
		t.Errorf("%d requests after the key was refused", refused)
	}
}

func TestPassingTroubleIsRepeatedAndStaysUnseen(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"429": `{"when": {"times": 2}, "do": {"status": 429, "headers": {"Stripe-Rate-Limited-Reason": ` +
			`"global-rate", "Retry-After": "7"}}}`,
		"500": `{"when": {"path": "/transactions", "times": 2}, "do": {"status": 500}}`,
		"409": `{"when": {"method": "POST", "times": 2}, "do": {"status": 409}}`,
		"cut": `{"when": {"path": "/transactions", "times": 2}, "do": {"truncate_at": 300}}`,
		"web": `{"when": {"path": "/accounts", "times": 2}, "do": {"status": 502, "body": "<html>bad gateway</html>"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Config{Seed: 4, Accounts: 3, Holders: 3, HistoryDays: 20, Calm: true})
			w.server.AddFault(fault(text))
			report, _, err := w.round()
			w.must(err)
			if !report.Complete {
				t.Errorf("not complete: %+v", report.Accounts)
			}
			w.wantTruth()
		})
	}
}

func TestAnswersThatAreNoListAreRefusedWhole(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty object": `{}`, "no list": `{"object":"list","has_more":false,"url":"/x"}`,
		"another kind":            `{"object":"account","data":[],"has_more":false,"url":"/x"}`,
		"empty page that goes on": `{"object":"list","data":[],"has_more":true,"url":"/x"}`,
		"text":                    `"SECRET-DESCRIPTION"`,
		"html":                    `<html>SECRET-DESCRIPTION</html>`,
		"two documents":           `{"object":"list","data":[],"has_more":false,"url":"/x"}{"SECRET-DESCRIPTION":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Config{
				Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 20, Linked: true,
				Calm: true,
			})
			f := fault(`{"when": {"path": "/transactions", "account": "` + w.server.Accounts()[0] +
				`"}, "do": {"status": 200}}`)
			f.Do.Body = body
			w.server.AddFault(f)
			report, _, err := w.round()
			w.must(err)
			if report.AccountsFailed != 1 {
				t.Errorf("%d accounts failed", report.AccountsFailed)
			}
			if strings.Contains(w.log.String(), "SECRET") {
				t.Errorf("the log quotes the answer: %s", w.log.String())
			}
		})
	}
}
