package sync

import (
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

// TestPacingNeverRunsDry: an allowance that does not carry every account each day is spread;
// the stalest come first, so that every account has its turn.
func TestPacingNeverRunsDry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Accounts: 30, Holders: 30, HistoryDays: 10, Linked: true})
	w.change = func(o *Options) { o.Policy.ReadsPer30Days = 300 }
	w.server.Advance(time.Hour)
	for day := range 34 {
		report, _, err := w.round()
		w.must(err)
		used := w.journal.ReadsSince(w.server.Now().AddDate(0, 0, -30), "")
		if used > 300 {
			t.Fatalf("day %d: %d reads in 30 days", day, used)
		}
		if p := report.Plan.Quotas[0]; p.Needed <= p.Allowed {
			t.Fatalf("day %d: not told that it does not fit: %+v", day, p)
		}
		w.server.Advance(24 * time.Hour)
	}
	if n := w.accountsThat(func(a schema.AccountState) bool {
		return a.CompleteThroughAt == nil && a.Status == "active" && slices.Contains(a.Permissions, "transactions")
	}); n != 0 {
		t.Errorf("%d accounts never had their turn", n)
	}
}

// TestWhatFitsIsReadEveryNight: refreshes pend for longer than a round waits, and the plan says
// that the allowance carries every account. It does, night after night, because looking after
// refreshes takes only what rows leave.
func TestWhatFitsIsReadEveryNight(t *testing.T) {
	t.Parallel()
	const accounts, allowed = 12, 500
	w := newWorld(t, simulator.Config{
		Seed: 4, Accounts: accounts, Holders: 6, HistoryDays: 3, Calm: true,
		Linked: true,
	})
	w.change = func(o *Options) { o.Policy.ReadsPer30Days = allowed }
	for night := range 20 { // without it the reads are used up after 18 nights
		w.server.Advance(24 * time.Hour)
		w.must(w.server.AddFault(fault(`{"when": {"feature": "balance", "account": "` + w.server.Accounts()[0] +
			`"}, "do": {"pend_for": "20m"}}`)))
		report, _, err := w.round()
		w.must(err)
		p := report.Plan.Quotas[0]
		if used := w.journal.ReadsSince(w.server.Now().AddDate(0, 0, -30), ""); used > allowed || p.Needed > allowed ||
			report.Plan.Blocked || report.AccountsFailed > 0 {
			t.Fatalf("night %d: %d reads in 30 days, %d in this round, blocked %v, %d failed: %+v", night, used,
				report.Reads, report.Plan.Blocked, report.AccountsFailed, p)
		}
		if waited := report.Reads - report.AccountsFetched - 1; night > 0 && waited < 2 {
			t.Errorf("night %d: %d reads were made while waiting", night, waited)
		}
	}
}
