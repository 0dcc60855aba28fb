package sync

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/simulator"
)

// TestDeadlineEndsARoundAgainstASlowServer: a server that takes two minutes for each page. The
// round ends at its deadline, what it reached is published, what it did not reach is said; on a
// healthy server the next round makes it the truth.
func TestDeadlineEndsARoundAgainstASlowServer(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 20, Holders: 20, HistoryDays: 30, Calm: true, Linked: true})
	w.server.Advance(time.Hour)
	w.change = func(o *Options) { o.Deadline, o.Concurrency, o.Balance.Mode = 20*time.Minute, 1, ModeOff }
	w.between = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			w.server.Advance(2 * time.Minute)
		}
	}
	begun := w.server.Now()
	report, merged, err := w.round()
	if !errors.Is(err, ErrDeadline) || errors.Is(err, ErrUnreachable) {
		t.Fatalf("the round ended with %v", err)
	}
	if took := w.server.Now().Sub(begun); took < 20*time.Minute || took > 23*time.Minute {
		t.Errorf("it took %s, its deadline is 20m", took)
	}
	if merged.TransactionsNew == 0 || report.AccountsFetched == 0 {
		t.Error("what it reached is not published")
	}
	if n := w.value("SELECT count(*) FROM main.accounts"); n != 20 {
		t.Errorf("%d accounts are known, 20 were listed", n)
	}
	left := 0
	for _, a := range report.Accounts {
		if a.Outcome == outcomeIncomplete && *a.ErrorCode == codeDeadline {
			left++
		}
	}
	if report.Complete || left == 0 || left != 20-int(w.value("SELECT count(*) FROM main.accounts WHERE cursor_refresh_id IS NOT NULL")) {
		t.Errorf("complete %v, %d accounts are said not to be reached", report.Complete, left)
	}

	w.between = nil
	report, _, err = w.round()
	w.must(err)
	if !report.Complete {
		t.Error("the next round is not complete")
	}
	w.wantTruth()
}

// TestDeadlineLeavesTimeToReadWhatSettled: refreshes that never settle, waited for longer than
// the round may take. Half of its time is for reading; pending is a normal outcome.
func TestDeadlineLeavesTimeToReadWhatSettled(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 4, Holders: 4, HistoryDays: 20, Calm: true})
	var stuck atomic.Bool
	stuck.Store(true)
	settled := regexp.MustCompile(`("status":\s*)"succeeded"`)
	w.change = func(o *Options) {
		o.Deadline, o.Wait = 20*time.Minute, 10*time.Hour
		next := o.Transport
		o.Transport = tripper(func(r *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(r)
			if err != nil || !stuck.Load() {
				return answer, err
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body = io.NopCloser(bytes.NewReader(settled.ReplaceAll(body, []byte(`$1"pending"`))))
			answer.ContentLength = -1
			answer.Header.Del("Content-Length")
			return answer, err
		})
	}
	begun := w.server.Now()
	report, _, err := w.round()
	w.must(err)
	if took := w.server.Now().Sub(begun); took < 10*time.Minute || took > 20*time.Minute {
		t.Errorf("it took %s: half of 20m is for waiting", took)
	}
	if report.PendingAccounts != 4 || !report.Complete {
		t.Errorf("%d of 4 accounts pending, complete %v", report.PendingAccounts, report.Complete)
	}

	stuck.Store(false)
	report, _, err = w.round()
	w.must(err)
	if !report.Complete || report.PendingAccounts != 0 {
		t.Errorf("complete %v, %d pending after they settled", report.Complete, report.PendingAccounts)
	}
	w.wantTruth()
}

// TestDeadlineBeforeAnythingIsKnown: the list of accounts itself does not come in time.
func TestDeadlineBeforeAnythingIsKnown(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 2, Holders: 2, HistoryDays: 5, Calm: true, Linked: true})
	w.change = func(o *Options) { o.Deadline = 5 * time.Minute }
	w.between = func(*http.Request) { w.server.Advance(10 * time.Minute) }
	report, _, err := w.round()
	if !errors.Is(err, ErrDeadline) || !errors.Is(err, ErrUnreachable) || report.Complete && len(report.Seen) > 0 {
		t.Errorf("the round ended with %v", err)
	}
	w.between = nil
	_, _, err = w.round()
	w.must(err)
	w.wantTruth()
}

// TestDeadlineCutsARequestUnderWay: with a clock that passes by itself nothing is waited for.
func TestDeadlineCutsARequestUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newTraffic(t, 25, func(http.RoundTripper) http.RoundTripper {
			return tripper(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})
		})
		begun := time.Now()
		ctx, stop := withDeadline(t.Context(), bubbleClock{}, 30*time.Second)
		defer stop()
		if _, err := x.client.get(ctx, "list accounts", pathOf("accounts"), nil); !errors.Is(err, ErrDeadline) {
			t.Errorf("the request ended with %v", err)
		}
		if took := time.Since(begun); took != 30*time.Second {
			t.Errorf("it was cut after %s, the deadline is 30s", took)
		}
	})
}

// TestLimitsOutliveTheirRun: a run ends in a storm of 429s; the next begins at the rate it
// ended with, not with a burst, and grows back as time passes.
func TestLimitsOutliveTheirRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newTraffic(t, 25, nil)
		x.run(t.Context(), step{2, 30 * time.Second})
		held, lowered := x.client.limits.lowered(time.Now())
		if !lowered {
			t.Fatal("a storm lowered nothing")
		}
		journal, err := schema.OpenJournal(t.TempDir() + "/journal")
		if err != nil {
			t.Fatal(err)
		}
		if err := journal.RecordLimits(held); err != nil {
			t.Fatal(err)
		}
		kept, _ := journal.Limits("")
		ended := x.client.limits.of("list accounts").rate(time.Now())

		next := newLimits(x.client.options)
		next.resume(kept, time.Now())
		if begins := next.of("list accounts").rate(time.Now()); begins != ended {
			t.Errorf("the next run begins at %.1f requests a second, the last ended at %.1f", begins, ended)
		}
		if ended > 5 {
			t.Errorf("against 2 a second the run ended at %.1f", ended)
		}
		if other := next.of("refresh").rate(time.Now()); other < 24 {
			t.Errorf("another operation begins at %.1f", other)
		}
		time.Sleep(50 * time.Second)
		half := newLimits(x.client.options)
		half.resume(kept, time.Now())
		if rate := half.of("list accounts").rate(time.Now()); rate < 12 || rate > 20 {
			t.Errorf("50 seconds later it begins at %.1f", rate)
		}
		time.Sleep(time.Hour)
		rested := newLimits(x.client.options)
		rested.resume(kept, time.Now())
		if rate := rested.of("list accounts").rate(time.Now()); rate < 24 {
			t.Errorf("an hour later it begins at %.1f", rate)
		}
	})
}

// TestLimitsOfConcurrencyOutliveTheirRun: places that were withheld are given back one by one.
func TestLimitsOfConcurrencyOutliveTheirRun(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	options := Options{RequestsPerSecond: 10, Concurrency: 8}
	l := newLimits(options)
	l.slow("refresh", "global-concurrency", "", now, now)
	held, lowered := l.lowered(now)
	if !lowered || held.Withheld != 4 {
		t.Fatalf("%d of 8 places withheld", held.Withheld)
	}
	next := newLimits(options)
	next.resume(held, now)
	if n := len(next.gate.free); n != 4 {
		t.Errorf("the next run begins with %d in flight, want 4", n)
	}
	later := newLimits(options)
	later.resume(held, now.Add(time.Hour))
	if n := len(later.gate.free); n != 8 {
		t.Errorf("an hour later it begins with %d in flight, want 8", n)
	}
}

// TestLimitsAreKeptByRounds: whole rounds, a minute of virtual time apart.
func TestLimitsAreKeptByRounds(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 3, Holders: 3, HistoryDays: 10, Calm: true, Linked: true})
	w.change = func(o *Options) { o.RequestsPerSecond = 20 }
	w.server.AddFault(fault(`{"when":{"path":"/transactions","times":6},"do":{"status":429,"headers":{"Stripe-Rate-Limited-Reason":"endpoint-rate"}}}`))
	report, _, err := w.round()
	w.must(err)
	held, known := w.store.Journal().Limits("")
	if report.RateLimited == 0 || !known || len(held.Rates) != 1 || held.Rates[0].Operation != "list transactions" {
		t.Fatalf("%d refusals, the journal keeps %+v", report.RateLimited, held)
	}
	now := w.server.Now()
	next := w.syncer()
	next.newRound("next", schema.State{}, w.store.Journal(), nil)
	if rate := next.client.limits.of("list transactions").rate(now); rate >= 15 {
		t.Errorf("the next round begins at %.1f a second", rate)
	}
	before := held
	w.server.Advance(time.Hour)
	_, _, err = w.round()
	w.must(err)
	if held, _ := w.store.Journal().Limits(""); held.RunID != before.RunID || !held.At.Equal(before.At) {
		t.Error("a round that was not held down wrote a record")
	}
}
