package sync

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/simulator"
)

// TestFirstReadingTakesWhatIsLeft: all of a first sync in one night, where the allowance has room
// for it beside the lists of the nights that follow; those read what is left of it, evenly, and it
// never runs dry.
func TestFirstReadingTakesWhatIsLeft(t *testing.T) {
	t.Parallel()
	const allowed = 400
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 10, Holders: 5, RowsPerAccount: 350, Calm: true, Linked: true})
	w.change = func(o *Options) { o.ReadsPer30Days, o.ReadsWritten, o.Balance.Mode = allowed, false, ModeOff }
	w.server.Advance(time.Hour)
	plan, err := w.syncer().Plan(t.Context(), w.state(), w.store.Journal())
	w.must(err)
	if p := plan.Projections[0]; p.ThisRound < 200 || p.ThisRound > allowed-29*4 || plan.Short {
		t.Errorf("%+v, short %t", p, plan.Short)
	}
	for night := range 6 {
		report, _, err := w.round()
		w.must(err)
		if night == 0 && (!report.Complete || report.Reads < 40) {
			t.Fatalf("%d reads, %+v", report.Reads, report.Plan.Projections)
		}
		if used := w.store.Journal().ReadsSince(w.server.Now().AddDate(0, 0, -30), ""); used > allowed || report.Reads == 0 || report.StaleAccounts > 0 {
			t.Fatalf("night %d: %d reads in 30 days, %d in this round, %d stale", night, used, report.Reads, report.StaleAccounts)
		}
		w.server.Advance(24 * time.Hour)
	}
}

// TestWhatWaitsForReadsIsTold: how many accounts, of which limit, how far it is used, and the date;
// a limit that the operator wrote is a budget, the default is not.
func TestWhatWaitsForReadsIsTold(t *testing.T) {
	for name, written := range map[string]bool{"written": true, "default": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Config{Seed: 4, Accounts: 10, Holders: 5, RowsPerAccount: 350, Calm: true, Linked: true})
			w.change = func(o *Options) {
				o.ReadsPer30Days, o.ReadsWritten, o.Balance.Mode, o.Transactions.Mode, o.Stripe.Concurrency = 150, written, ModeOff, ModeOff, 1
			}
			w.server.Advance(time.Hour)
			begun := w.server.Now()
			report, _, err := w.round()
			w.must(err)
			p := report.Plan.Projections[0]
			if report.Complete || !report.Plan.Short || report.Plan.Blocked != written || p.Waiting == 0 || p.DoneBy == nil {
				t.Fatalf("complete %t, blocked %t, %+v", report.Complete, report.Plan.Blocked, p)
			}
			for _, part := range []string{"quota: ", "wait for reads", "of stripe.reads_per_30_days: 150", "all of that is read by about " + p.DoneBy.Format(time.DateOnly)} {
				if text := p.Quota(); !strings.Contains(text, part) || strings.Contains(text, "the default") == written {
					t.Errorf("%q lacks %q", text, part)
				}
			}
			if failed := report.AccountsFailed; failed > 1 {
				t.Errorf("%d accounts failed: those that were not begun wait", failed)
			}
			for range 45 {
				if report.Complete {
					break
				}
				w.server.Advance(24 * time.Hour)
				report, _, err = w.round()
				w.must(err)
				if used := w.store.Journal().ReadsSince(w.server.Now().AddDate(0, 0, -30), ""); used > 150+1 {
					t.Fatalf("%d reads in 30 days", used)
				}
			}
			if took := w.server.Now().Sub(begun); !report.Complete || took.Hours()/24 > p.DoneBy.Sub(begun).Hours()/24+2 {
				t.Errorf("complete %t after %v, it was to be by %v", report.Complete, took, p.DoneBy)
			}
		})
	}
}

// TestUsedUpDefaultSaysWhenThereAreReadsAgain before it lists anything.
func TestUsedUpDefaultSaysWhenThereAreReadsAgain(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 3, Holders: 3, HistoryDays: 3, Calm: true, Linked: true})
	_, _, err := w.round()
	w.must(err)
	used, again := w.store.Journal().ReadsSince(time.Time{}, ""), w.server.Now().AddDate(0, 0, 30).Format(time.DateOnly)
	w.change = func(o *Options) { o.ReadsPer30Days, o.ReadsWritten = used, false }
	w.server.Advance(24 * time.Hour)
	report, _, err := w.round()
	if !errors.Is(err, ErrDefaultAllowance) || report.Reads != 0 || !strings.Contains(err.Error(), again) {
		t.Errorf("%d reads, %v, want %s", report.Reads, err, again)
	}
}

// TestCalendar: what a night may read, and when what waits will have been read.
func TestCalendar(t *testing.T) {
	fresh := newCalendar(10_000, func(time.Duration) int64 { return 0 })
	spent := newCalendar(10_000, func(age time.Duration) int64 { // all of it, ten nights ago
		if age > 10*24*time.Hour {
			return 10_000
		}
		return 0
	})
	for _, test := range []struct {
		calendar
		night   int
		reserve int64
		want    int64
	}{
		{fresh, 0, 10, 10_000 - 29*10},
		{fresh, 0, 0, 10_000},
		{fresh, 0, 345, 333},
		{fresh, 5, 10, 10_000 - 29*10},
		{spent, 0, 10, 0},
		{spent, 19, 10, 0},
		{spent, 21, 10, 10_000 - 29*10},
	} {
		if got := test.share(test.night, test.reserve); got != test.want {
			t.Errorf("night %d, reserve %d: %d, want %d", test.night, test.reserve, got, test.want)
		}
	}
	for _, test := range []struct {
		calendar
		backlog
		want int
	}{
		{fresh, backlog{reads: 9000, lists: 10, ordinary: 10}, 1},
		{fresh, backlog{reads: 9800, lists: 10, ordinary: 10}, 31}, // until then the reserve is all there is
		{spent, backlog{reads: 100, lists: 10, ordinary: 10}, 20},
		{fresh, backlog{reads: 1_000_000, lists: 10, ordinary: 10}, 0},
	} {
		if got := test.done(test.backlog); got < test.want-1 || got > test.want+1 || got == 0 != (test.want == 0) {
			t.Errorf("%+v: night %d, want %d", test.backlog, got, test.want)
		}
	}
}
