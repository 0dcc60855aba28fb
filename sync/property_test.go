package sync

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"fcpipe/schema/check"
	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

var (
	histories = flag.Int("histories", 3, "random histories the property test lives through")
	firstSeed = flag.Uint64("seed", 1, "seed of the first history")
)

// roundsOfHistory is how many rounds a history has before it comes to rest.
const roundsOfHistory = 12

// TestRandomHistoriesKeepTheInvariants lives through histories of people, banks, faults, kills
// clocks and budgets. After every round the invariants I3, I4, I5, I11 and I13..I16 hold, at the
// end I10. One history again: go test ./sync -run RandomHistories -histories 1 -seed N
func TestRandomHistoriesKeepTheInvariants(t *testing.T) {
	for n := range *histories {
		seed := *firstSeed + uint64(n)
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			h := &history{calm: seed%3 == 0, random: rand.New(rand.NewPCG(seed, 7))}
			h.world = newWorld(t, simulator.Config{
				Seed: seed, Accounts: 5, Holders: 3, HistoryDays: 25, Linked: seed%2 == 0, Calm: h.calm,
				Start: time.Date(2026, 6, 1+int(seed*11%28), 14, 0, 0, 0, time.UTC), // months begin at other rounds
			})
			h.ownClock = seed%4 < 2
			h.live()
		})
	}
}

// history is one random life of a world.
type history struct {
	*world
	random *rand.Rand
	calm   bool
	log    []string
	broken []string // from inside requests
	// ownClock: time is this machine's, not the server's
	ownClock bool
	lagging  bool // a list of this round may be an older one: nobody can tell what it leaves out
	perMonth *int64
	settled  map[string]string // at the last round's beginning: newest succeeded refresh by account
}

func (h *history) live() {
	h.between = h.watch
	if h.random.IntN(3) > 0 {
		h.perMonth = new(int64(h.random.IntN(60)) * 100_000)
		h.note(fmt.Sprintf("budget %d", *h.perMonth))
	}
	h.change = func(o *Options) {
		o.Policy.MaxPerMonth = h.perMonth
		if h.ownClock {
			o.Stripe.ServerTimeIsClock, o.Stripe.Clock = false, steppedClock{virtualClock{h.server}, h.ahead}
		}
		o.Policy.Wait, o.Policy.Deadline = time.Minute, longestRound
		o.Policy.AuditEvery = 72 * time.Hour
		o.Policy.Balance.Every = 20 * time.Hour
		keepOwners(70 * time.Hour)(o)
		if h.calm {
			o.Policy.Balance.Mode = plan.ModeOnChange
		}
	}
	for n := range roundsOfHistory {
		h.happen()
		h.settled = h.newestSucceeded()
		killed, begun := h.random.IntN(4) == 0, h.server.Now()
		report, err := h.maybeKilled(killed)
		h.bounded(n, report, h.server.Now().Sub(begun))
		h.holds(n, report, err)
	}
	h.server.ClearFaults()
	h.ahead, h.lagging = 0, false
	for range 4 { // at rest: refreshes settle, movers are read again
		h.server.Advance(11 * time.Hour)
		h.settled = h.newestSucceeded()
		report, _, err := h.round()
		h.must(err)
		h.holds(roundsOfHistory, report, err)
	}
	h.change = func(o *Options) {
		o.Policy.Transactions.Mode, o.Policy.Balance.Mode, o.Policy.Ownership.Mode, o.Policy.KeepOwners = plan.ModeOff, plan.ModeOff, plan.ModeOff, true
	}
	if report, _, err := h.round(); err != nil || !report.Complete && report.StaleAccounts == 0 {
		h.t.Errorf("I10: at rest and not complete: %v %+v", err, report.Accounts)
	}
	h.wantTruth()
	h.wantOwners()
	h.fail()
}

// steps are what a clock may be set to, beside the server's.
var steps = []time.Duration{-3 * time.Hour, -4 * time.Minute, -90 * time.Second, 0, 90 * time.Second, 4 * time.Minute, 3 * time.Hour}

// happen lets time, people and banks act, and arms a fault.
func (h *history) happen() {
	ids := h.server.Accounts()
	id := ids[h.random.IntN(len(ids))]
	h.server.Advance(time.Duration(1+h.random.IntN(40)) * time.Hour)
	h.server.ClearFaults()
	h.lagging = false
	rare := []string{ // what banks, networks and clocks do to rows and pages
		`{"when": {"path": "/transactions", "times": 1}, "do": {"insert_now": 3}}`,
		`{"when": {"path": "/transactions", "param": "starting_after", "times": 1}, "do": {"move_row": "top", "reveal": "new_refresh"}}`,
		`{"when": {"path": "/transactions", "account": "` + id + `", "times": 1}, "do": {"replace_row": true}}`,
		`{"when": {"path": "/transactions", "account": "` + id + `", "times": 1}, "do": {"change_status": "void"}}`,
		`{"when": {"path": "/transactions", "times": 2}, "do": {"dup_page": true}}`,
		`{"when": {"path": "/transactions", "times": 1}, "do": {"repeat_page": true}}`,
		`{"when": {"path": "/transactions", "times": 3}, "do": {"shuffle": true}}`,
		`{"when": {"path": "/accounts", "times": 1}, "do": {"stale_read": "90m"}}`,
		`{"when": {"feature": "transactions", "account": "` + id + `"}, "do": {"pend_for": "30h"}}`,
		`{"when": {"path": "/transactions", "times": 1}, "do": {"set": {"amount": 3.5}}}`,
		`{"when": {"path": "/transactions", "times": 1}, "do": {"malform": "cut"}}`,
		`{"when": {"path": "/transactions", "probability": 0.3}, "do": {"drop_before": true}}`,
		`{"when": {"path": "/accounts", "times": 2}, "do": {"nulls": 40, "rows": "all"}}`,
		`{"when": {"path": "/transactions", "times": 2}, "do": {"set": {"brand_new_field": {"a": [1.50, null]}}, "rows": "all"}}`,
		`{"when": {"account": "` + id + `"}, "do": {"unlisted": "kept"}}`,
		`{"when": {"account": "` + id + `"}, "do": {"unlisted": "missing"}}`,
	}
	switch n := h.random.IntN(14 + len(rare)); n {
	case 0:
		h.note("relink " + id)
		if h.server.Relink(id); h.random.IntN(2) == 0 {
			h.note("and again, by a connection that tells other texts and days")
			h.server.RelinkOtherwise(h.server.Accounts()[len(ids)])
		}
	case 1:
		h.arm(`{"when": {"method": "POST", "times": 2}, "do": {"commit_then_drop": true}}`)
	case 2:
		h.arm(`{"when": {"method": "POST", "times": 6}, "do": {"status": 500}}`)
	case 3:
		h.arm(`{"when": {"path": "/transactions", "skip": 1, "times": 3}, "do": {"reset": true}}`)
	case 4:
		h.arm(`{"when": {"path": "/transactions", "account": "` + id + `"}, "do": {"status": 403}}`)
	case 5:
		h.arm(`{"when": {"path": "/transactions", "times": 2}, "do": {"truncate_at": 700}}`)
	case 6:
		h.arm(`{"when": {"skip": 2, "times": 4}, "do": {"status": 429, "headers": {"Stripe-Rate-Limited-Reason": "global-rate"}}}`)
	case 7:
		h.arm(`{"when": {"account": "` + id + `"}, "do": {"fail_refresh": true}}`)
	case 8:
		h.arm(`{"when": {"path": "/transactions", "times": 2}, "do": {"status": 200, "body": "{}"}}`)
	case 9:
		h.arm(`{"when": {"method": "POST", "times": 1}, "do": {"status": 409}}`)
	case 10:
		if h.ownClock {
			h.ahead = steps[h.random.IntN(len(steps))]
			h.note(fmt.Sprintf("the clock is set to %v", h.ahead))
		}
	case 11: // a quiet night
	case 12, 13: // two daily refreshes, and the second hides the first
		hides := []string{`"fail_refresh": true`, `"pend_for": "30h"`}[n-12]
		h.arm(`{"when": {"feature": "transactions", "account": "` + id + `", "skip": 1}, "do": {` + hides + `}}`)
		h.server.Advance(48 * time.Hour)
	default:
		h.arm(rare[n-14])
	}
}

// longestRound is the deadline of rounds in histories.
const longestRound = time.Hour

// bounded is I13: a round sends what it needs and ends in time. Beside pages and purchases it
// may list accounts, read them again after paging, and look at pending ones: of five accounts.
func (h *history) bounded(n int, report Report, took time.Duration) {
	first := report.Reads + report.Writes - report.Retries
	if needed := report.Pages + report.RefreshesAsked; first > needed*11/10+80 {
		h.breaks("I13", n, "%d requests beside retries for %d pages and purchases", first, needed)
	}
	if report.Retries > 20+first/10 {
		h.breaks("I13", n, "%d retries of %d requests", report.Retries, first)
	}
	if took > longestRound+time.Minute {
		h.breaks("I13", n, "it took %v", took)
	}
}

func (h *history) arm(text string) {
	h.note("fault " + text)
	h.lagging = strings.Contains(text, "stale_read") || strings.Contains(text, `"nulls"`)
	h.must(h.server.AddFault(fault(text)))
}

func (h *history) note(text string) { h.log = append(h.log, text) }

var errKilled = errors.New("killed")

// maybeKilled runs a round, or one that dies at some request: nothing is sealed or merged
// afterwards, as after kill -9.
func (h *history) maybeKilled(killed bool) (Report, error) {
	if !killed {
		report, _, err := h.round()
		return report, err
	}
	ctx, kill := context.WithCancelCause(h.t.Context())
	defer kill(nil)
	at := h.random.IntN(14)
	h.note(fmt.Sprintf("killed at request %d", at))
	watch := h.between
	h.between = func(r *http.Request) {
		if at--; at < 0 {
			kill(errKilled)
		}
		watch(r)
	}
	defer func() { h.between = watch }()
	state, err := h.store.State(ctx)
	h.must(err)
	landing, err := h.store.Landing(ctx)
	h.must(err)
	defer landing.Close()
	h.must(h.store.Overlay(ctx, landing, &state))
	report, err := h.syncer().Run(ctx, "killed", state, h.store.Journal(), landing)
	return report, errors.Join(err, errKilled)
}

// watch stands between client and server: what is bought must be allowed and announced.
func (h *history) watch(r *http.Request) {
	if r.Method != http.MethodPost || r.Body == nil {
		return
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	key := r.Header.Get("Idempotency-Key")
	journal, err := os.ReadFile(h.store.Layout().Journal())
	if err != nil || !bytes.Contains(journal, []byte(`"key":"`+key+`"`)) {
		h.broken = append(h.broken, "I16: "+key+" was sent before it was in the journal")
	}
	if bytes.Count(journal, []byte(`"kind":"intent"`+`,"intent":{"key":"`+key+`"`)) > 1 || strings.HasSuffix(r.URL.Path, "/subscribe") {
		return // a repeat may find the refresh it started
	}
	parts := strings.Split(r.URL.Path, "/")
	_, feature, _ := strings.Cut(string(body), "=")
	h.allowed(parts[len(parts)-2], feature, key)
}

// allowed looks at the account as the server has it now.
func (h *history) allowed(id, feature, key string) {
	if h.sentBefore(key) {
		return
	}
	for _, raw := range h.server.Truth().Accounts {
		var a struct {
			ID, Status string
			Balance    *shownRefresh `json:"balance_refresh"`
			Ownership  *shownRefresh `json:"ownership_refresh"`
			Rows       *shownRefresh `json:"transaction_refresh"`
		}
		h.must(json.Unmarshal(raw, &a))
		refresh := map[string]*shownRefresh{plan.FeatureBalance: a.Balance, plan.FeatureOwnership: a.Ownership, plan.FeatureTransactions: a.Rows}[feature]
		if a.ID != id || refresh == nil {
			continue
		}
		if a.Status != "active" || refresh.Status == "pending" || refresh.Next == nil || *refresh.Next > h.server.Now().Unix() {
			h.broken = append(h.broken, fmt.Sprintf("I15: %s was asked for on %s: %s, %+v", key, id, a.Status, *refresh))
		}
	}
}

type shownRefresh struct {
	Status string
	Next   *int64 `json:"next_refresh_available_at"`
}

var (
	sent      = map[string]bool{}
	sentMutex stdsync.Mutex
)

func (h *history) sentBefore(key string) bool {
	sentMutex.Lock()
	defer sentMutex.Unlock()
	id := h.t.Name() + key
	before := sent[id]
	sent[id] = true
	return before
}

// holds checks what must be true after every round.
func (h *history) holds(n int, report Report, err error) {
	h.t.Helper()
	if reader, openErr := reader.Open(h.t.Context(), h.store.Layout(), duck.Settings{}); openErr == nil {
		findings, verifyErr := check.Verify(h.t.Context(), reader, h.store.Layout())
		h.must(verifyErr)
		for _, finding := range findings {
			if !finding.IsDerived { // only the first round derives
				h.breaks("I4, I5", n, "%v", finding)
			}
		}
		h.heldUpToCursors(n, reader)
		if err == nil && report.Complete && !h.lagging {
			h.heldUpToDate(n, reader)
		}
		h.must(reader.Close())
	}
	h.oncePerWindow(n)
	h.withinBudget(n)
	h.fail()
}

func (h *history) breaks(rule string, round int, format string, args ...any) {
	h.broken = append(h.broken, fmt.Sprintf("%s after round %d: ", rule, round)+fmt.Sprintf(format, args...))
}

func (h *history) fail() {
	h.t.Helper()
	if len(h.broken) > 0 {
		h.t.Fatalf("%s\nhistory:\n%s", strings.Join(h.broken, "\n"), strings.Join(h.log, "\n"))
	}
}
