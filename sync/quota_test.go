package sync

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// TestFirstReadingTakesWhatIsLeft: all of a first sync in one night, where the allowance has room
// for it beside the lists of the nights that follow; those read what is left of it, evenly, and it
// never runs dry.
func TestFirstReadingTakesWhatIsLeft(t *testing.T) {
	t.Parallel()
	const allowed = 400
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 10, Holders: 5, RowsPerAccount: 350, Calm: true, Linked: true})
	w.change = func(o *Options) {
		o.Policy.ReadsPer30Days, o.Policy.ReadsWritten, o.Policy.Balance.Mode = allowed, false, plan.ModeOff
	}
	w.server.Advance(time.Hour)
	decided, err := w.syncer().Plan(t.Context(), w.file.State(), w.journal)
	w.must(err)
	if p := decided.Quotas[0]; p.ThisRound < 200 || p.ThisRound > allowed-29*4 || decided.Short {
		t.Errorf("%+v, short %t", p, decided.Short)
	}
	for night := range 6 {
		report, _, err := w.round()
		w.must(err)
		if night == 0 && (!report.Complete || report.Reads < 40) {
			t.Fatalf("%d reads, %+v", report.Reads, report.Plan.Quotas)
		}
		if used := w.journal.ReadsSince(w.server.Now().AddDate(0, 0, -30), ""); used > allowed || report.Reads == 0 ||
			report.StaleAccounts > 0 {
			t.Fatalf("night %d: %d reads in 30 days, %d in this round, %d stale", night, used, report.Reads,
				report.StaleAccounts)
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
			w := newWorld(t, simulator.Config{
				Seed: 4, Accounts: 10, Holders: 5, RowsPerAccount: 350, Calm: true,
				Linked: true,
			})
			w.change = func(o *Options) {
				o.Policy.ReadsPer30Days, o.Policy.ReadsWritten, o.Policy.Balance.Mode, o.Policy.Transactions.Mode,
					o.Stripe.Concurrency = 100, written, plan.ModeOff, plan.ModeOff, 1
			}
			w.server.Advance(time.Hour)
			begun := w.server.Now()
			report, _, err := w.round()
			w.must(err)
			p := report.Plan.Quotas[0]
			if report.Complete || !report.Plan.Short || report.Plan.Blocked != written || p.Waiting == 0 ||
				p.DoneBy == nil {
				t.Fatalf("complete %t, blocked %t, %+v", report.Complete, report.Plan.Blocked, p)
			}
			for _, part := range []string{
				"quota: ", "wait for reads", "of stripe.reads_per_30_days: 100",
				"all of that is read by about " + p.DoneBy.Format(time.DateOnly),
			} {
				if text := p.Sentence(); !strings.Contains(text, part) || strings.Contains(text,
					"the default") == written {
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
				if used := w.journal.ReadsSince(w.server.Now().AddDate(0, 0, -30), ""); used > 150+1 {
					t.Fatalf("%d reads in 30 days", used)
				}
			}
			if took := w.server.Now().Sub(begun); !report.Complete ||
				took.Hours()/24 > p.DoneBy.Sub(begun).Hours()/24+2 {
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
	used, again := w.journal.ReadsSince(time.Time{}, ""), w.server.Now().AddDate(0, 0, 30).Format(time.DateOnly)
	w.change = func(o *Options) { o.Policy.ReadsPer30Days, o.Policy.ReadsWritten = used, false }
	w.server.Advance(24 * time.Hour)
	report, _, err := w.round()
	if !errors.Is(err, ErrDefaultAllowance) || report.Reads != 0 || !strings.Contains(err.Error(), again) {
		t.Errorf("%d reads, %v, want %s", report.Reads, err, again)
	}
}
