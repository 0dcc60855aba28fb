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

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

var (
	histories = flag.Int("histories", 3, "random histories the property test lives through")
	firstSeed = flag.Uint64("seed", 1, "seed of the first history")
)

// roundsOfHistory is how many rounds a history has before it comes to rest.
const roundsOfHistory = 12

// TestRandomHistoriesKeepTheInvariants lives through histories of people, banks, faults, kills
// and clocks. After every round the invariants I3, I4, I5, I11 and I13..I16 hold, at the end
// I10. One history again: go test ./sync -run RandomHistories -histories 1 -seed N
func TestRandomHistoriesKeepTheInvariants(t *testing.T) {
	for n := range *histories {
		seed := *firstSeed + uint64(n)
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			h := &history{world: newWorld(t, simulator.Config{Seed: seed, Accounts: 5, Holders: 3, HistoryDays: 25, Linked: seed%2 == 0, Calm: seed%3 == 0}), calm: seed%3 == 0}
			h.random = rand.New(rand.NewPCG(seed, 7))
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
}

func (h *history) live() {
	h.between = h.watch
	h.change = func(o *Options) {
		o.Events, o.Wait, o.Deadline = h.random.IntN(2) == 0, time.Minute, longestRound
		o.AuditEvery = 72 * time.Hour
		o.Balance.Every = 20 * time.Hour
		keepOwners(70 * time.Hour)(o)
		if h.calm {
			o.Balance.Mode = ModeOnChange
		}
	}
	for n := range roundsOfHistory {
		h.happen()
		killed, begun := h.random.IntN(4) == 0, h.server.Now()
		report, err := h.maybeKilled(killed)
		h.bounded(n, report, h.server.Now().Sub(begun))
		h.holds(n, report, err)
	}
	h.server.ClearFaults()
	for range 4 { // at rest: refreshes settle, movers are read again
		h.server.Advance(11 * time.Hour)
		report, _, err := h.round()
		h.must(err)
		h.holds(roundsOfHistory, report, err)
	}
	h.change = func(o *Options) {
		o.Transactions.Mode, o.Balance.Mode, o.Ownership.Mode, o.KeepOwners = ModeOff, ModeOff, ModeOff, true
	}
	if report, _, err := h.round(); err != nil || !report.Complete && report.StaleAccounts == 0 {
		h.t.Errorf("I10: at rest and not complete: %v %+v", err, report.Accounts)
	}
	h.wantTruth()
	h.wantOwners()
	h.fail()
}

// happen lets time, people and banks act, and arms a fault.
func (h *history) happen() {
	ids := h.server.Accounts()
	id := ids[h.random.IntN(len(ids))]
	h.server.Advance(time.Duration(1+h.random.IntN(40)) * time.Hour)
	h.server.ClearFaults()
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
	}
	switch n := h.random.IntN(12 + len(rare)); n {
	case 0:
		h.note("relink " + id)
		h.server.Relink(id)
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
	case 10, 11: // a quiet night
	default:
		h.arm(rare[n-12])
	}
}

// longestRound is the deadline of rounds in histories.
const longestRound = time.Hour

// bounded is I13: a round sends what it needs and ends in time. Beside pages and purchases it
// may list accounts, read them again after paging, and look at pending ones: of five accounts.
func (h *history) bounded(n int, report Report, took time.Duration) {
	first := report.Reads + report.Writes - report.Retries
	if needed := report.Pages + report.RefreshesAsked; first > needed*11/10+80 {
		h.broken = append(h.broken, fmt.Sprintf("I13 after round %d: %d requests beside retries for %d pages and purchases", n, first, needed))
	}
	if report.Retries > 20+first/10 {
		h.broken = append(h.broken, fmt.Sprintf("I13 after round %d: %d retries of %d requests", n, report.Retries, first))
	}
	if took > longestRound+time.Minute {
		h.broken = append(h.broken, fmt.Sprintf("I13 after round %d: it took %v", n, took))
	}
}

func (h *history) arm(text string) {
	h.note("fault " + text)
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
	h.must(landing.Overlay(ctx, &state))
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
		refresh := map[string]*shownRefresh{FeatureBalance: a.Balance, FeatureOwnership: a.Ownership, FeatureTransactions: a.Rows}[feature]
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
	if err == nil && report.Complete && report.PendingAccounts == 0 {
		h.complete(n, report)
	}
	if reader, err := schema.OpenReader(h.t.Context(), h.store.Layout(), schema.Settings{}); err == nil {
		findings, err := schema.Verify(h.t.Context(), reader, h.store.Layout())
		h.must(err)
		for _, finding := range findings {
			if !strings.Contains(fmt.Sprint(finding), "derived") {
				h.broken = append(h.broken, fmt.Sprintf("I4, I5 after round %d: %v", n, finding))
			}
		}
		h.must(reader.Close())
	}
	h.oncePerWindow(n)
	h.fail()
}

// complete is I3 and I11: where a round says complete, every account's rows up to its
// cursor are the truth's.
func (h *history) complete(n int, report Report) {
	cursors := h.pairs("SELECT account_id, cursor_refresh_id FROM main.accounts WHERE cursor_refresh_id IS NOT NULL")
	held := h.pairs("SELECT transaction_id, status || transaction_refresh_id || amount_minor FROM main.transactions")
	latest := map[string]string{}
	for _, raw := range h.server.Truth().Accounts {
		var a struct {
			ID   string
			Rows *struct{ ID, Status string } `json:"transaction_refresh"`
		}
		h.must(json.Unmarshal(raw, &a))
		if a.Rows != nil && a.Rows.Status == "succeeded" {
			latest[a.ID] = a.Rows.ID
		}
	}
	for _, raw := range h.server.Truth().Transactions {
		var row struct {
			ID, Account, Status string
			Refresh             string `json:"transaction_refresh"`
			Amount              json.Number
		}
		h.must(json.Unmarshal(raw, &row))
		if cursors[row.Account] != "" && cursors[row.Account] == latest[row.Account] && held[row.ID] != row.Status+row.Refresh+row.Amount.String() {
			h.broken = append(h.broken, fmt.Sprintf("I3, I11 after round %d: %s of %s is %q, the truth %s %s", n, row.ID, row.Account, held[row.ID], row.Status, row.Refresh))
			return
		}
	}
}

func (h *history) pairs(query string) map[string]string {
	reader, err := schema.OpenReader(h.t.Context(), h.store.Layout(), schema.Settings{})
	h.must(err)
	defer reader.Close()
	rows, err := reader.Database().QueryContext(h.t.Context(), query)
	h.must(err)
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var k, v string
		h.must(rows.Scan(&k, &v))
		all[k] = v
	}
	h.must(rows.Err())
	return all
}

// oncePerWindow is I14: an account's balance, and its owners, are paid for at most once in their
// intervals, less what may be missing of one and the hour a round takes.
func (h *history) oncePerWindow(n int) {
	last := map[string]int64{}
	for _, charge := range h.server.Meter().Charges {
		window, isRefresh := map[string]time.Duration{FeatureBalance: 16 * time.Hour, FeatureOwnership: 65 * time.Hour}[charge.Kind]
		if !isRefresh {
			continue
		}
		what := charge.Kind + " of " + charge.Account
		if before, known := last[what]; known && charge.At-before < int64(window/time.Second) {
			h.broken = append(h.broken, fmt.Sprintf("I14 after round %d: %s paid twice within %d s", n, what, charge.At-before))
		}
		last[what] = charge.At
	}
}

func (h *history) fail() {
	h.t.Helper()
	if len(h.broken) > 0 {
		h.t.Fatalf("%s\nhistory:\n%s", strings.Join(h.broken, "\n"), strings.Join(h.log, "\n"))
	}
}
