package sync

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/journal"
	"fcpipe/schema/landing/landingtest"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/synctest"
)

var storms = flag.Int("storms", 1, "random storms of faults that audits go through")

// storm is a network and a bank at their worst, but honest: nothing of it hides a row for good.
var storm = []string{
	faultScript(`"path": "/transactions", "probability": 0.2`, `"drop_before": true`),
	faultScript(`"path": "/transactions", "probability": 0.2`, `"truncate_at": 700`),
	faultScript(`"path": "/transactions", "probability": 0.3`, `"status": 500`),
	faultScript(`"path": "/transactions", "param": "starting_after", "times": 2`,
		`"move_row": "top", "reveal": "new_refresh"`),
	faultScript(`"path": "/transactions", "times": 2`, `"insert_now": 3, "reveal": "new_refresh"`),
	faultScript(`"path": "/transactions", "times": 1`, `"replace_row": true, "reveal": "new_refresh"`),
	faultScript(`"path": "/transactions", "times": 2`, `"change_status": "void", "reveal": "new_refresh"`),
	faultScript(`"path": "/transactions", "times": 2`, `"dup_page": true`),
	faultScript(`"path": "/transactions", "times": 1`, `"set": {"amount": 3.5}`),
	faultScript(`"path": "/transactions", "times": 2`, `"malform": "cut"`),
	faultScript(`"path": "/accounts", "times": 1`, `"stale_read": "90m"`),
	faultScript(`"skip": 2, "times": 4`, `"status": 429, "headers": {"Stripe-Rate-Limited-Reason": "global-rate"}`),
	faultScript(`"method": "POST", "times": 2`, `"commit_then_drop": true`),
	faultScript(`"feature": "transactions"`, `"pend_for": "30h"`),
	faultScript(`"feature": "transactions"`, `"fail_refresh": true`),
}

// TestAuditsInAStormFindNothing: under faults, from a server that shows fields nobody knows and
// others at each reading, no audit finds a row missing or another: what is outside the core may
// change without a refresh and is no difference. Afterwards the file holds the truth. More of
// them: go test ./sync -run AuditsInAStorm -storms 100
func TestAuditsInAStormFindNothing(t *testing.T) {
	for n := range *storms {
		seed := *firstSeed + uint64(n)
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			h := &stormWorld{world: newWorld(t, simulator.Config{
				Seed: seed, Accounts: 3, Holders: 3, HistoryDays: 30, RowsPerAccount: 130, Linked: true,
				NoveltyPercent: 40,
			})}
			h.History = synctest.New(t, seed, h.server, false)
			h.change = func(o *Options) {
				o.Policy.AuditEvery, o.Policy.Wait = 12*time.Hour, time.Minute
			}
			audits := h.stormAndCalm()
			if audits < 6 {
				t.Errorf("%d audits: it proves nothing", audits)
			}
			h.wantTruth()
			if rows := h.rowsThat(func(row landingtest.Row) bool { return row.Extra != nil }); rows == 0 {
				t.Error("no row has a field nobody knows")
			}
		})
	}
}

// stormWorld is a world on memory with a history's faults and notes.
type stormWorld struct {
	*world
	*synctest.History
}

// stormAndCalm lives through nights of one or two faults, then through quiet ones.
func (h *stormWorld) stormAndCalm() (audits int) {
	h.Helper()
	for night := range 10 {
		h.server.Advance(time.Duration(7+h.Random.IntN(30)) * time.Hour)
		h.server.ClearFaults()
		for range 1 + h.Random.IntN(2) {
			if night < 7 {
				h.Arm(storm[h.Random.IntN(len(storm))])
			}
		}
		_, merged, err := h.round()
		if h.Note(fmt.Sprintf("night %d: %v", night, err)); night >= 7 {
			h.must(err)
		}
		for _, audit := range merged.Audits {
			audits++
			h.Note(fmt.Sprintf("  audited %s: %d rows", audit.AccountID, audit.Listed))
			if audit.Missing+audit.Different > 0 {
				h.Breaks("an audit", night, "of %s found %d rows missing, %d different", audit.AccountID, audit.Missing,
					audit.Different)
			}
		}
	}
	h.FailIfBroken()
	return audits
}

// TestAuditTellsAMissedChangeFromAFieldNobodyKnows, in three acts: a row changes without a
// refresh, and an audit finds it; fields nobody knows change, and no audit calls that a
// difference; what is held is what is shown.
func TestAuditTellsAMissedChangeFromAFieldNobodyKnows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 4, Accounts: 1, Holders: 1, HistoryDays: 20, RowsPerAccount: 30, Linked: true,
		Calm: true,
	})
	w.change = func(o *Options) {
		o.Policy.AuditEvery, o.Policy.Transactions.Mode, o.Policy.Balance.Mode = time.Hour, plan.ModeOff, plan.ModeOff
	}
	w.server.Advance(30 * time.Hour)
	if _, _, err := w.round(); err != nil {
		t.Fatal(err)
	}
	audit := func(script string) journal.Audit {
		t.Helper()
		w.server.ClearFaults()
		w.server.Advance(25 * time.Hour)
		w.must(w.server.AddFault(fault(script)))
		_, merged, err := w.round()
		if w.must(err); len(merged.Audits) != 1 {
			t.Fatalf("audits %+v", merged.Audits)
		}
		return merged.Audits[0]
	}
	if found := audit(faultScript(
		`"path": "/transactions"`,
		`"set": {"insights": [{"type": "food"}], "status_transitions.settled_at": 7}, "rows": "all"`,
	)); found.Different+found.Missing != 0 {
		t.Errorf("fields nobody knows are called a difference: %+v", found)
	}
	kept := w.rowsThat(func(row landingtest.Row) bool {
		return strings.Contains(orEmpty(row.Extra), `"insights"`) && strings.Contains(*row.Extra, `"food"`)
	})
	if kept != w.rowsHeld() || kept == 0 {
		t.Errorf("%d rows have the new field", kept)
	}
	if found := audit(faultScript(`"path": "/transactions", "times": 1`,
		`"change_row": {"amount": -123456}, "reveal": "silently"`)); found.Different != 1 || found.Missing != 0 {
		t.Errorf("a row that changed without a refresh is not found: %+v", found)
	}
	w.server.ClearFaults()
	w.server.Advance(25 * time.Hour)
	_, merged, err := w.round()
	if w.must(err); len(merged.Audits) != 1 || merged.Audits[0].Different != 0 {
		t.Errorf("without those fields again: %+v", merged.Audits)
	}
	w.wantTruth()
}
