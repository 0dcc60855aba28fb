package plan

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
)

// randomFacts are of accounts, policies and quotas of every kind there is.
func randomFacts(random *rand.Rand) Facts {
	pick := func(options ...string) string { return options[random.IntN(len(options))] }
	policy := func(modes ...string) FeaturePolicy {
		return FeaturePolicy{pick(modes...), time.Duration(1+random.IntN(100)) * time.Hour}
	}
	limit := func() *int64 {
		if random.IntN(2) == 0 {
			return nil
		}
		return new(random.Int64N(2_000_000))
	}
	facts := Facts{
		Now:          noon,
		Livemode:     random.IntN(2) == 0,
		Drift:        time.Duration(random.IntN(7)) * time.Minute,
		SpentMonth:   random.Int64N(1_000_000),
		Charged:      map[string]bool{},
		FirstReading: random.Int64N(5),
		ListReads:    random.IntN(5),
		Policy: Policy{
			Transactions: policy(
				ModeSubscribe,
				ModeOnDemand,
				ModeOff,
			),
			Balance: policy(ModeOnDemand, ModeOnChange, ModeOff),
			Ownership: policy(
				ModeOnDemand,
				ModeOff,
			),
			MaxPerRun:    limit(),
			MaxPerMonth:  limit(),
			ReadsWritten: random.IntN(2) == 0,
			Prices:       Prices{Balance: 100_000, Ownership: 1_500_000, TransactionsMonth: 300_000},
		},
	}
	for i := range random.IntN(8) {
		facts.Accounts = append(facts.Accounts, randomAccount(random, i))
		if a := facts.Accounts[i].Account; random.IntN(3) == 0 {
			facts.Charged[MonthChargeKey(a, noon)] = true
		}
	}
	for i := range random.IntN(3) {
		facts.Missing = append(facts.Missing, fmt.Sprintf("fca_missing_%d", i))
	}
	for _, id := range []string{"", "acct_b"}[:random.IntN(3)] {
		facts.Quotas = append(facts.Quotas, Quota{
			StripeAccountID: id, Allowed: random.Int64N(2) * 100, Rows: random.Int64N(8), paced: random.IntN(2) == 0,
		})
	}
	return facts
}

func randomAccount(random *rand.Rand, i int) Account {
	pick := func(options ...string) string { return options[random.IntN(len(options))] }
	text := func(options ...string) *string {
		if text := pick(append(options, "")...); text != "" {
			return &text
		}
		return nil
	}
	refresh := func() *schema.RefreshState {
		if random.IntN(5) == 0 {
			return nil
		}
		state := &schema.RefreshState{
			RefreshID: text(
				"fctxnref_1",
				"fctxnref_2",
			),
			Status:      pick("succeeded", "failed", "pending"),
			AttemptedAt: hoursAgo(random.IntN(200)),
		}
		if random.IntN(3) > 0 {
			state.NextAvailableAt = new(hoursAgo(random.IntN(10) - 3))
		}
		return state
	}
	known := map[string]Feature{}
	for _, feature := range Features() {
		known[feature] = Feature{
			Unread:     random.IntN(6) == 0,
			Unanswered: random.IntN(6) == 0,
			InBackoff:  random.IntN(6) == 0,
		}
	}
	a := Account{
		Account: schema.Account{
			AccountID: fmt.Sprintf(
				"fca_%d",
				i,
			),
			StripeAccountID:    text("acct_a", "acct_b"),
			HolderID:           text("cus_1", "cus_2"),
			InstitutionName:    "Bank",
			Status:             pick("active", "active", "active", "inactive", "disconnected"),
			TransactionRefresh: refresh(),
			BalanceRefresh:     refresh(),
			OwnershipRefresh:   refresh(),
		},
		Stored: schema.AccountState{CursorRefreshID: text("fctxnref_1")},
		Subscribed: random.IntN(
			2,
		) == 0,
		RefreshUnread: random.IntN(8) == 0,
		NewOwners:     random.IntN(2) == 0,
		Features:      known,
	}
	for _, permission := range []string{"transactions", "balances", "ownership"} {
		if random.IntN(4) > 0 {
			a.Permissions = append(a.Permissions, permission)
		}
	}
	if random.IntN(2) == 0 {
		a.Subscriptions = []string{"transactions"}
	}
	if random.IntN(2) == 0 {
		a.Stored.CompleteThroughAt = new(hoursAgo(random.IntN(300)))
	}
	return a
}

// TestPlansArePure: the same facts, planned twice, give the same plan, and are what they were before. Built again
// from the same numbers they are equal, so they can be compared with what Make left of them.
func TestPlansArePure(t *testing.T) {
	for seed := range uint64(500) {
		facts := randomFacts(rand.New(rand.NewPCG(seed, 1)))
		before := randomFacts(rand.New(rand.NewPCG(seed, 1)))
		first, second := Make(facts), Make(facts)
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("seed %d: %+v, then %+v", seed, first, second)
		}
		if !reflect.DeepEqual(facts, before) {
			t.Fatalf("seed %d: the facts were changed", seed)
		}
	}
}

// FuzzPlans checks what holds for every plan.
func FuzzPlans(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		facts := randomFacts(rand.New(rand.NewPCG(seed, 2)))
		p := Make(facts)
		checkDecisions(t, facts, p)
		checkMoney(t, facts, p)
		checkReads(t, facts, p)
	})
}

// checkDecisions: every feature of every account has one decision, with one reason that can be explained; nothing
// is asked for that is not shared, not there any more, or not wanted.
func checkDecisions(t *testing.T, facts Facts, p Plan) {
	t.Helper()
	accounts, decided := map[string]Account{}, map[string]int{}
	for _, a := range facts.Accounts {
		accounts[a.AccountID] = a
	}
	for _, d := range p.Decisions {
		decided[d.AccountID+" "+d.Feature]++
		if d.Action == "" || Explain(d.Reason) == "" {
			t.Errorf("%+v: no action, or no reason", d)
		}
		a, known := accounts[d.AccountID]
		if !known && (d.Action != ActionSkip || d.Reason != ReasonMissing) ||
			d.Action == ActionSkip && d.Requests+int(d.CostMicroUSD) != 0 {
			t.Errorf("%+v of an account that is not there, or for nothing", d)
		}
		if d.Action != ActionSkip && (a.Status == "disconnected" || !IsShared(a.Account, d.Feature)) {
			t.Errorf("%+v without permission", d)
		}
		if d.Buys() &&
			(a.Status != "active" || facts.Policy.Of(d.Feature).Mode == ModeOff || a.Features[d.Feature].Unread) {
			t.Errorf("%+v is bought", d)
		}
	}
	if len(decided) != 3*len(facts.Accounts)+len(facts.Missing) || len(decided) != len(p.Decisions) {
		t.Errorf(
			"%d decisions about %d features of %d accounts, %d missing",
			len(p.Decisions),
			len(decided),
			len(accounts),
			len(facts.Missing),
		)
	}
}

// checkMoney: no budget is exceeded, a live key without one buys nothing, nor does a clock that is off.
func checkMoney(t *testing.T, facts Facts, p Plan) {
	t.Helper()
	cost := int64(0)
	for _, d := range p.Decisions {
		cost += d.CostMicroUSD
	}
	mayBuy := facts.Drift <= maxDrift && (!facts.Livemode || facts.Policy.MaxPerMonth != nil)
	if !mayBuy && slices.ContainsFunc(p.Decisions, Decision.Buys) {
		t.Error("bought without a budget, or by a clock that is off")
	}
	if cost != p.CostMicroUSD ||
		cost > 0 && (over(facts.Policy.MaxPerRun, cost) || over(facts.Policy.MaxPerMonth, cost+facts.SpentMonth)) {
		t.Errorf("decisions cost %d, the plan says %d, %d are spent", cost, p.CostMicroUSD, facts.SpentMonth)
	}
}

// checkReads: no quota is exceeded, and what it does not carry is told.
func checkReads(t *testing.T, facts Facts, p Plan) {
	t.Helper()
	planner, reads, requests, short := newPlanner(facts), map[string]int64{}, facts.ListReads, false
	for _, d := range p.Decisions {
		requests += d.Requests
		short = short || d.Reason == ReasonPaced || d.Reason == ReasonReadAllowance
		if d.Action != ActionFetch {
			continue
		}
		at := slices.IndexFunc(facts.Accounts, func(a Account) bool { return a.AccountID == d.AccountID })
		a := facts.Accounts[at]
		if q, limited := planner.quotaOf(a); limited {
			reads[q.StripeAccountID] += planner.readsOf(d, a)
		}
	}
	for _, q := range facts.Quotas {
		if reads[q.StripeAccountID] > q.Rows {
			t.Errorf("%d reads of %q, %d are left for rows", reads[q.StripeAccountID], q.StripeAccountID, q.Rows)
		}
	}
	if short != p.Short || p.Short && facts.Policy.ReadsWritten && !p.Blocked || requests != p.Requests {
		t.Errorf("short %t, the plan says %t; %d requests, it says %d", short, p.Short, requests, p.Requests)
	}
}
