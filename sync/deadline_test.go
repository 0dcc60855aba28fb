package sync

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

// TestDeadlineEndsARoundAgainstASlowServer: a server that takes two minutes for each page. The
// round ends at its deadline, what it reached is published, what it did not reach is said; on a
// healthy server the next round makes it the truth.
func TestDeadlineEndsARoundAgainstASlowServer(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 20, Holders: 20, HistoryDays: 30, Calm: true, Linked: true})
	w.server.Advance(time.Hour)
	w.change = func(o *Options) {
		o.Policy.Deadline, o.Stripe.Concurrency, o.Policy.Balance.Mode = 20*time.Minute, 1, plan.ModeOff
	}
	w.between = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/transactions") {
			w.server.Advance(2 * time.Minute)
		}
	}
	begun := w.server.Now()
	report, merged, err := w.round()
	if !errors.Is(err, ErrDeadline) || errors.Is(err, stripe.ErrUnreachable) {
		t.Fatalf("the round ended with %v", err)
	}
	if took := w.server.Now().Sub(begun); took < 20*time.Minute || took > 23*time.Minute {
		t.Errorf("it took %s, its deadline is 20m", took)
	}
	if merged.TransactionsNew == 0 || report.AccountsFetched == 0 {
		t.Error("what it reached is not published")
	}
	if n := w.accountsHeld(); n != 20 {
		t.Errorf("%d accounts are known, 20 were listed", n)
	}
	left := 0
	for _, a := range report.Accounts {
		if a.Outcome == outcomeIncomplete && *a.ErrorCode == codeDeadline {
			left++
		}
	}
	if report.Complete || left == 0 || left != 20-w.cursors() {
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
		o.Policy.Deadline, o.Policy.Wait = 20*time.Minute, 10*time.Hour
		next := o.Stripe.Transport
		o.Stripe.Transport = tripper(func(r *http.Request) (*http.Response, error) {
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
	w.change = func(o *Options) { o.Policy.Deadline = 5 * time.Minute }
	w.between = func(*http.Request) { w.server.Advance(10 * time.Minute) }
	report, _, err := w.round()
	if !errors.Is(err, ErrDeadline) || !errors.Is(err, stripe.ErrUnreachable) || report.Complete &&
		len(report.Seen) > 0 {
		t.Errorf("the round ended with %v", err)
	}
	w.between = nil
	_, _, err = w.round()
	w.must(err)
	w.wantTruth()
}

// passingClock is the time of a synctest bubble: it passes when every goroutine waits.
type passingClock struct{}

func (passingClock) Now() time.Time { return time.Now() }

func (passingClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (passingClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, f).Stop
}

// TestDeadlineCutsARequestUnderWay: with a clock that passes by itself nothing is waited for.
func TestDeadlineCutsARequestUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _, err := newClients(Options{Stripe: stripe.Options{
			Key: "sk_test_deadline", APIBase: "http://simulator", Clock: passingClock{},
			Random: func() float64 { return 0.5 },
			Transport: tripper(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}),
		}})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		ctx, stop := withDeadline(t.Context(), passingClock{}, 30*time.Second)
		defer stop()
		if _, err := client.Get(ctx, "list accounts", stripe.Path("accounts"), nil); !errors.Is(err, ErrDeadline) {
			t.Errorf("the request ended with %v", err)
		}
		if took := time.Since(begun); took != 30*time.Second {
			t.Errorf("it was cut after %s, the deadline is 30s", took)
		}
	})
}
