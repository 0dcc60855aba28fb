package sync

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
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

func TestReadAllowanceIsNotExceeded(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 10, Holders: 5, RowsPerAccount: 500, Calm: true, Linked: true})
	w.server.Advance(time.Hour)
	const concurrency = 4
	w.change = func(o *Options) { o.Policy.ReadsPer30Days, o.Stripe.Concurrency = 20, concurrency }
	report, _, err := w.round()
	w.must(err)
	if report.Reads > 20+concurrency || !report.Plan.Blocked || report.Complete {
		t.Errorf("%d reads, blocked %v, complete %v", report.Reads, report.Plan.Blocked, report.Complete)
	}
	if counted := w.journal.ReadsSince(time.Time{}, ""); counted != report.Reads {
		t.Errorf("%d reads counted of %d", counted, report.Reads)
	}
}

// TestAccountWithoutAnEndTakesNoReadsOfOthers: a list that always promises another page takes its
// share of the allowance once. The other accounts are read whole, and on the next nights it is
// not asked at all, until the allowance is raised.
func TestAccountWithoutAnEndTakesNoReadsOfOthers(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 4, Holders: 4, HistoryDays: 5, Linked: true, Calm: true})
	allowed := int64(1500)
	w.change = func(o *Options) {
		o.Policy.ReadsPer30Days, o.Policy.Balance.Mode, o.Stripe.Concurrency = allowed, plan.ModeOff, 1
	}
	endless, pages := slices.Min(w.server.Accounts()), int64(0)
	stop := w.meddle(func(r *http.Request) bool { return onRows(r) && r.URL.Query().Get("account") == endless }, -1,
		func(r *http.Request, _ func() *http.Response) (*http.Response, error) {
			pages++
			return answered(
				r,
				200,
				nil,
				fmt.Sprintf(
					`{"object":"list","url":"/v1/x","has_more":true,"data":[{"id":"fctxn_%d",
			"object":"financial_connections.transaction","account":%q,
			"amount":-1,"currency":"usd","description":"x","livemode":false,"status":"posted",
			"status_transitions":{"posted_at":1780000000,"void_at":null},
			"transacted_at":1780000000,"transaction_refresh":"fctxnref_x","updated":1780000000}]}`,
					pages,
					endless,
				),
			), nil
		})
	for night, most := range []int64{150, 0, 0} {
		pages = 0
		report, _, err := w.round()
		w.must(err)
		if pages != most || report.Complete || report.AccountsFailed != 1 {
			t.Errorf("night %d: %d pages of one account, want %d; complete %v, %d failed", night, pages, most,
				report.Complete, report.AccountsFailed)
		}
		for _, a := range report.Accounts {
			if a.AccountID == endless && (a.Outcome != outcomeIncomplete || *a.ErrorCode != codePages) {
				t.Errorf("night %d: %+v", night, a)
			}
		}
		w.server.Advance(25 * time.Hour)
	}
	if n := w.rowsOf(endless); n != 150 {
		t.Errorf("%d of the rows that were read are held", n)
	}
	if n := w.cursors(); n != 3 {
		t.Errorf("%d cursors: those of the others, and only those, are to move", n)
	}
	stop()
	allowed = 15_000
	report, _, err := w.round()
	if w.must(err); !report.Complete {
		t.Errorf("with ten times the allowance: %+v", report.Accounts)
	}
}

// TestAllowanceThatEndsWhileAnAccountIsRead: the rows that came are held, the cursor stays, and a larger allowance
// brings the rest.
func TestAllowanceThatEndsWhileAnAccountIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 20, Holders: 5, RowsPerAccount: 500, Calm: true, Linked: true})
	w.server.Advance(time.Hour)
	allowed := int64(100)
	w.change = func(o *Options) {
		quietly(o)
		o.Policy.ReadsPer30Days, o.Stripe.Concurrency = allowed, 1
	}
	report, _, err := w.round()
	w.must(err)
	partly := 0
	for _, a := range report.Accounts {
		if orEmpty(a.ErrorCode) == codeReads && w.rowsOf(a.AccountID) > 0 {
			if partly++; w.account(a.AccountID).CursorRefreshID != nil {
				t.Errorf("the cursor of %s moved", a.AccountID)
			}
		}
	}
	if report.Reads > allowed || report.Complete || partly != 1 {
		t.Errorf("%d reads of %d, complete %v, %d accounts read in part", report.Reads, allowed, report.Complete,
			partly)
	}
	allowed = 10_000
	report, _, err = w.round()
	if w.must(err); !report.Complete {
		t.Errorf("with a larger allowance: %+v", report.Accounts)
	}
	w.wantTruth()
}
