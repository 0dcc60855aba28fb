package sync

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/synctest"
)

var consentHistories = flag.Int("consents", 6, "random histories of consents that shrink and end during rounds")

// TestNoRequestWithoutConsent: holders share less, more, nothing or again, at any request of a round. No request is
// sent for an account that what the simulator showed by then does not justify.
func TestNoRequestWithoutConsent(t *testing.T) {
	asked, shrinks := map[string]int{}, 0
	for seed := range uint64(*consentHistories) {
		watch := liveConsents(t, seed)
		for _, broken := range watch.Broken {
			t.Errorf("seed %d: %s", seed, broken)
		}
		for use, times := range watch.Asked {
			asked[use] += times
		}
		shrinks += watch.Shrinks
	}
	for _, use := range []string{
		" false", "transactions false", "ownership false", "balances true", "transactions true", "ownership true",
	} {
		if asked[use] == 0 {
			t.Errorf("no request of %q was seen: %v", use, asked)
		}
	}
	if shrinks == 0 {
		t.Error("no consent shrank while a round was under way: the histories prove less than they should")
	}
}

func liveConsents(t *testing.T, seed uint64) *synctest.Consents {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 21))
	w := newWorld(t, simulator.Config{
		Seed: seed, Accounts: 5, Holders: 3, HistoryDays: 60, Linked: true, Calm: true,
		Start: time.Date(2026, 6, 1, 14, 0, 0, 0, time.UTC),
	})
	watch := &synctest.Consents{Next: w.server.Transport()}
	w.change = func(o *Options) {
		o.Policy.Ownership = plan.FeaturePolicy{Mode: plan.ModeOnDemand, Every: 20 * time.Hour}
		o.Policy.KeepOwners, o.Policy.AuditEvery = true, 48*time.Hour
		o.Policy.Balance.Every, o.Stripe.Transport = 20*time.Hour, watch
		o.Stripe.Concurrency = 1 // so that an answer is read before the next request is sent, and judged by
	}
	for range 8 {
		w.server.Advance(time.Duration(1+random.IntN(40)) * time.Hour)
		w.server.ClearFaults()
		for range 4 {
			armConsent(t, w.server, random)
		}
		watch.Begin()
		report, _, err := w.round()
		w.must(err)
		for _, account := range report.Accounts {
			if orEmpty(account.Reason) != "" && strings.Contains(*account.Reason, "please report") {
				t.Errorf("seed %d: a defect: %s", seed, *account.Reason)
			}
		}
	}
	return watch
}

// armConsent lets a holder change what is shared, at some request.
func armConsent(t *testing.T, server *simulator.Server, random *rand.Rand) {
	t.Helper()
	ids := server.Accounts()
	of := ids[random.IntN(len(ids))]
	all := `["balances","ownership","payment_method","transactions"]`
	change := []string{
		`"permissions": []`, `"permissions": ["balances"]`, `"permissions": ["transactions"]`,
		`"permissions": ["ownership", "balances"]`, `"permissions": ` + all, `"permissions": ` + all,
		`"account_status": "inactive"`, `"account_status": "active"`, `"account_status": "disconnected"`,
	}[random.IntN(9)]
	if strings.Contains(change, "disconnected") && random.IntN(3) > 0 {
		change = `"account_status": "active", "permissions": ` + all
	}
	faults, err := simulator.ParseFaults(fmt.Appendf(nil,
		`{"when": {"skip": %d, "times": 1}, "do": {%s, "of": %q}}`, random.IntN(25), change, of))
	if err != nil {
		t.Fatal(err)
	}
	if err := server.AddFaults(faults); err != nil {
		t.Fatal(err)
	}
}

// TestARequestThatSaysNothingIsNotSent: whoever adds a request for an account has to say what it does with it.
func TestARequestThatSaysNothingIsNotSent(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 1, Accounts: 1, Linked: true})
	s := w.syncer()
	if _, err := s.readAccount(t.Context(), w.server.Accounts()[0], &source{client: s.client}); !errors.Is(
		err, errUnjustified,
	) {
		t.Errorf("sent: %v", err)
	}
	for operation := range aboutAccounts {
		if err := checkRequest(context.Background(), operation); !errors.Is(err, errUnjustified) {
			t.Errorf("%s: %v", operation, err)
		}
	}
}

// TestAForbiddenListIsFollowedByALook: what a holder takes back while rows are read counts in the same round.
func TestAForbiddenListIsFollowedByALook(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 3, Accounts: 2, Linked: true, Calm: true, HistoryDays: 170})
	id := w.server.Accounts()[0]
	faults, err := simulator.ParseFaults(fmt.Appendf(nil, `{"when": {"path": "/transactions", "account": %q, `+
		`"times": 1}, "do": {"permissions": ["balances"]}}`, id))
	w.must(err)
	w.must(w.server.AddFaults(faults))
	report, _, err := w.round()
	w.must(err)
	if got := strings.Join(w.file.State().Accounts[id].Permissions, " "); got != "balances" {
		t.Errorf("%s is held as sharing %s", id, got)
	}
	for _, account := range report.Accounts {
		if account.AccountID == id && orEmpty(account.ErrorCode) != codeClosed {
			t.Errorf("%+v", account)
		}
	}
}
