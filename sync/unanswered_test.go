package sync

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// unansweredWorld has one account, whose transactions nobody asks for.
func unansweredWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 5, Linked: true, Calm: true})
	w.change = func(o *Options) { o.Policy.Transactions.Mode = plan.ModeOff }
	w.server.Advance(25 * time.Hour)
	return w
}

// posts collects the keys of purchases whose path ends so, one for each request.
func (w *world) posts(suffix string) *[]string {
	var keys []string
	w.between = func(r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, suffix) {
			keys = append(keys, r.Header.Get("Idempotency-Key"))
		}
	}
	return &keys
}

// counted is how many balances the journal has counted.
func (w *world) counted() (n int) {
	for _, charge := range w.journal.Charges() {
		if charge.Kind == plan.FeatureBalance {
			n++
		}
	}
	return n
}

// TestUnansweredPurchaseKeepsToTheBudget: what was announced and never arrived is a purchase
// like any other when it is sent again.
func TestUnansweredPurchaseKeepsToTheBudget(t *testing.T) {
	w := unansweredWorld(t)
	w.server.AddFault(purchasesLost())
	keys := w.posts("/refresh")
	_, _, err := w.round()
	w.must(err)
	w.server.ClearFaults()
	first, nothing := slices.Clone(*keys), int64(0)

	w.server.Advance(time.Hour)
	free := w.change
	w.change = func(o *Options) {
		free(o)
		o.Policy.MaxPerMonth = &nothing
	}
	report, _, err := w.round()
	w.must(err)
	if len(*keys) != len(first) || !report.Plan.Blocked {
		t.Errorf("%d requests with nothing to spend, blocked %v", len(*keys)-len(first), report.Plan.Blocked)
	}

	w.server.Advance(time.Hour)
	w.change = free
	report, _, err = w.round()
	w.must(err)
	if len(slices.Compact(*keys)) != 1 || w.charges(plan.FeatureBalance) != 1 || w.counted() != 1 {
		t.Errorf("keys %v, %d charges, %d counted", *keys, w.charges(plan.FeatureBalance), w.counted())
	}
	if report.Plan.CostMicroUSD != 100_000 {
		t.Errorf("planned %d", report.Plan.CostMicroUSD)
	}
}

// TestUnansweredSubscriptionIsGivenUpWithItsMode: a daily subscription is not begun for
// somebody who asks once a month meanwhile.
func TestUnansweredSubscriptionIsGivenUpWithItsMode(t *testing.T) {
	w := unansweredWorld(t)
	w.change = func(o *Options) { o.Policy.Balance.Mode = plan.ModeOff }
	w.server.AddFault(purchasesLost())
	_, _, err := w.round()
	w.must(err)
	w.server.ClearFaults()
	if open := w.journal.OpenIntents(); len(open) != 1 || open[0].Operation != plan.ActionSubscribe {
		t.Fatalf("open: %+v", open)
	}
	w.change = func(o *Options) {
		o.Policy.Balance.Mode, o.Policy.Transactions = plan.ModeOff, plan.FeaturePolicy{
			Mode:  plan.ModeOnDemand,
			Every: 720 * time.Hour,
		}
	}
	w.server.Advance(time.Hour)
	keys := w.posts("/subscribe")
	_, _, err = w.round()
	w.must(err)
	if open := w.journal.OpenIntents(); len(*keys) != 0 || len(open) != 0 {
		t.Errorf("%d subscriptions sent, open %+v", len(*keys), open)
	}
}

// TestPurchaseOfAnAccountThatIsNotShownIsCountedLater: the answer was lost, and in the round
// after it the account cannot be decoded.
func TestPurchaseOfAnAccountThatIsNotShownIsCountedLater(t *testing.T) {
	for name, between := range map[string]time.Duration{"minutes": 10 * time.Minute, "nights": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := unansweredWorld(t)
			w.server.AddFault(answersLost())
			_, _, err := w.round()
			w.must(err)
			w.server.ClearFaults()

			w.server.Advance(between)
			w.server.AddFault(accountsOdd())
			report, _, err := w.round()
			w.must(err)
			if report.AccountsFailed != 1 || len(w.journal.OpenIntents()) != 1 ||
				report.Plan.SpentMonth != 300_000+100_000 {
				t.Errorf("%d failed, open %v, reserved %d", report.AccountsFailed, w.journal.OpenIntents(),
					report.Plan.SpentMonth)
			}
			w.server.ClearFaults()

			w.server.Advance(between)
			_, _, err = w.round()
			w.must(err)
			if charged := w.charges(plan.FeatureBalance); w.counted() != charged || len(w.journal.OpenIntents()) != 0 {
				t.Errorf("%d balances counted, the server charged %d; open %v", w.counted(), charged,
					w.journal.OpenIntents())
			}
		})
	}
}

// TestPurchaseOfAnAccountThatNeverComesBackIsGivenUp, so that it does not hold the budget for ever.
func TestPurchaseOfAnAccountThatNeverComesBackIsGivenUp(t *testing.T) {
	w := unansweredWorld(t)
	w.server.AddFault(answersLost())
	_, _, err := w.round()
	w.must(err)
	w.server.ClearFaults()
	w.server.AddFault(accountsOdd())
	key := w.journal.OpenIntents()[0].Key
	w.server.Advance(missedFor)
	_, _, err = w.round()
	w.must(err)
	if result, _ := w.journal.Result(key); result.Outcome != journal.ResultUnknown {
		t.Errorf("ended %q", result.Outcome)
	}
}

// TestPlanKnowsWhatHasSettled: what a plan says of money is what the round then finds, though
// a plan changes nothing: refreshes that settled since the last round count, and so do purchases
// whose answer was lost and which the accounts show.
func TestPlanKnowsWhatHasSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 3, Holders: 3, HistoryDays: 3, Linked: true, Calm: true})
	limit := int64(3*300_000 + 3*100_000 + 200_000)
	w.change = func(o *Options) {
		o.Policy.MaxPerMonth, o.Policy.Wait, o.Policy.Transactions.Mode = &limit, 0, plan.ModeOff
	}
	w.server.Advance(25 * time.Hour)
	w.server.AddFault(fault(`{"when": {"method": "POST", "times": 2}, "do": {"commit_then_drop": true}}`))
	for n, spent := range []int64{3 * 300_000, 3*300_000 + 3*100_000} {
		planned, err := w.syncer().Plan(t.Context(), w.file.State(), w.journal)
		w.must(err)
		report, _, err := w.round()
		w.must(err)
		if done := report.Plan; planned.SpentMonth != spent || done.SpentMonth != spent ||
			planned.CostMicroUSD != done.CostMicroUSD || planned.Blocked != done.Blocked {
			t.Errorf("round %d: planned %d + %d, blocked %v; then it was %d + %d, blocked %v; want %d", n,
				planned.SpentMonth, planned.CostMicroUSD, planned.Blocked, done.SpentMonth, done.CostMicroUSD,
				done.Blocked, spent)
		}
		if blocked := n > 0; planned.Blocked != blocked {
			t.Errorf("round %d: blocked %v", n, planned.Blocked)
		}
		w.server.ClearFaults()
		w.server.Advance(25 * time.Hour)
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

// TestPurchaseThatMayHaveBeenMadeIsNotMadeAgainInItsWindow: it never arrived, which the client cannot know. When Stripe
// does not remember its key any more it is given up, and the next one waits for the next window.
func TestPurchaseThatMayHaveBeenMadeIsNotMadeAgainInItsWindow(t *testing.T) {
	t.Parallel()
	const every = 30 * 24 * time.Hour
	w := newWorld(t, simulator.Config{
		Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 5, Calm: true,
		Start: time.Unix(0, 0).Add(700 * every).UTC(),
	})
	w.server.Advance(time.Hour)
	w.change = func(o *Options) {
		ownersOnly(o)
		o.Policy.Ownership.Every = every
	}
	w.must(w.server.AddFault(purchasesLost()))
	_, _, _ = w.round()
	w.server.ClearFaults()
	keys := w.posts("/refresh")
	for day, want := range map[int]int{1: 0, 2: 0} {
		w.server.Advance(25 * time.Hour)
		_, _, err := w.round()
		if w.must(err); len(*keys) != want {
			t.Errorf("day %d: %d purchases, want %d", day, len(*keys), want)
		}
	}
	if open := len(w.journal.OpenIntents()); open != 0 {
		t.Errorf("%d open intents, want none", open)
	}
	w.server.Advance(every)
	_, _, err := w.round()
	if w.must(err); len(*keys) != 1 {
		t.Errorf("in the next window: %d purchases, want 1", len(*keys))
	}
}
