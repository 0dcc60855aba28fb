package sync

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/landing/landingtest"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// TestConnectedAccountsAreReadBesideTheOwn: a platform has its own accounts and those of a
// connected Stripe account, each with its own allowance; one that refuses us fails alone.
func TestConnectedAccountsAreReadBesideTheOwn(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 4, Holders: 2, HistoryDays: 40, Calm: true, Linked: true})
	branch := simulator.New(simulator.Config{
		Seed: 9, Accounts: 3, Holders: 2, HistoryDays: 40, Calm: true,
		Linked: true,
	})
	w.change = func(o *Options) {
		o.Connected = []string{"acct_branch", "acct_gone"}
		own := o.Stripe.Transport
		o.Stripe.Transport = tripper(func(r *http.Request) (*http.Response, error) {
			switch r.Header.Get("Stripe-Account") {
			case "acct_branch":
				branch.Advance(w.server.Now().Sub(branch.Now()))
				return branch.Transport().RoundTrip(r)
			case "acct_gone":
				w.server.AddFault(fault(`{"when": {"path": "/accounts", "times": 1}, "do": {"status": 403}}`))
			}
			return own.RoundTrip(r)
		})
	}
	w.server.Advance(time.Hour)
	report, _, err := w.round()
	w.must(err)
	if report.Complete || report.AccountsFailed != 1 || report.Accounts[0].AccountID != "acct_gone" {
		t.Errorf("a connected account that refuses us is to fail alone: %+v", report.Accounts)
	}
	if n := w.accountsThat(
		func(a schema.AccountState) bool { return orEmpty(a.StripeAccountID) == "acct_branch" },
	); n != 3 {
		t.Errorf("%d accounts of the connected account are held, want 3", n)
	}
	want := len(branch.Truth().Transactions) + len(w.server.Truth().Transactions)
	if n := w.rowsHeld(); n != want {
		t.Errorf("%d rows held, both worlds have %d", n, want)
	}
	journal := w.journal
	own, theirs := journal.ReadsSince(time.Time{}, ""), journal.ReadsSince(time.Time{}, "acct_branch")
	if theirs == 0 || own == 0 || own+theirs+journal.ReadsSince(time.Time{}, "acct_gone") != report.Reads {
		t.Errorf("reads: own %d, connected %d, of %d", own, theirs, report.Reads)
	}
}

// TestAnAccountBelongsToTheStripeAccountItWasFirstSeenWith: a connected one that lists the platform's accounts as its
// own takes none of them over, now or later.
func TestAnAccountBelongsToTheStripeAccountItWasFirstSeenWith(t *testing.T) {
	w := newWorld(t, simulator.Config{
		Accounts: 2, Holders: 2, HistoryDays: 20, RowsPerAccount: 10, Calm: true,
		Linked: true,
	})
	w.change = func(o *Options) { o.Connected = []string{"acct_twin"} }
	for range 2 {
		w.server.Advance(25 * time.Hour)
		report, _, err := w.round()
		w.must(err)
		if report.Complete || report.AccountsFailed != 2 || *report.Accounts[0].ErrorCode != codeElsewhere {
			t.Errorf("%+v", report.Accounts)
		}
		if n := w.accountsThat(
			func(a schema.AccountState) bool { return orEmpty(a.StripeAccountID) == "acct_twin" },
		); n != 0 {
			t.Errorf("%d accounts belong to the twin", n)
		}
		w.wantTruth()
	}
}

// TestAuditFindsAndRepairs: rows that went missing behind the cursor's back are found by a
// full list, counted, and stored again; a clean audit changes nothing.
func TestAuditFindsAndRepairs(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 3, Holders: 3, HistoryDays: 60, Calm: true, Linked: true})
	w.change = func(o *Options) {
		o.Policy.AuditEvery, o.Policy.Transactions.Mode, o.Policy.Balance.Mode = 48*time.Hour, plan.ModeOnDemand,
			plan.ModeOff
		o.Policy.Transactions.Every = 1000 * time.Hour
	}
	w.server.Advance(time.Hour)
	_, _, err := w.round()
	w.must(err)

	w.server.Advance(49 * time.Hour)
	clean, merged, err := w.round()
	w.must(err)
	if len(clean.Audits) != 3 || merged.TransactionsNew+merged.TransactionsChanged != 0 ||
		merged.Audits[0].Listed == 0 {
		t.Errorf("a clean audit: %+v, %d rows new", merged.Audits, merged.TransactionsNew)
	}

	w.file.Alter(func(rows map[string]landingtest.Row) {
		ids := slices.Sorted(maps.Keys(rows))
		delete(rows, ids[0])
		last := rows[ids[len(ids)-1]]
		last.AmountMinor++
		rows[last.TransactionID] = last
	})
	w.server.Advance(49 * time.Hour)
	_, merged, err = w.round()
	w.must(err)
	var missing, different int64
	for _, audit := range merged.Audits {
		missing, different = missing+audit.Missing, different+audit.Different
	}
	if missing != 1 || different != 1 {
		t.Errorf("the audit found %d missing and %d different rows, want one of each", missing, different)
	}
	recorded := int64(0)
	for _, audit := range w.journal.Audits() {
		recorded += audit.Missing + audit.Different
	}
	if recorded != 2 {
		t.Errorf("the journal tells of %d differences, want 2", recorded)
	}
	w.wantTruth()
}

// TestAuditOfAnAccountThatIsReadEveryNight: new rows of the same round are no differences.
func TestAuditOfAnAccountThatIsReadEveryNight(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 4, Holders: 4, HistoryDays: 60, Linked: true, Calm: true})
	w.change = func(o *Options) { o.Policy.AuditEvery, o.Policy.Balance.Mode = 96*time.Hour, plan.ModeOff }
	audits, rows := 0, int64(0)
	for range 10 {
		w.server.Advance(24 * time.Hour)
		report, merged, err := w.round()
		w.must(err)
		audits, rows = audits+len(report.Audits), rows+merged.TransactionsNew
		for _, audit := range merged.Audits {
			if audit.Missing+audit.Different != 0 || audit.Listed == 0 {
				t.Errorf("a clean audit: %+v", audit)
			}
		}
	}
	if audits < 8 || audits > 20 || rows == 0 {
		t.Errorf("%d audits of 4 accounts in ten days, every two to four days each", audits)
	}
	w.wantTruth()
}

// TestUsedUpAllowanceEndsTheRoundAtOnce: when there is nothing left, not even the accounts are listed.
func TestUsedUpAllowanceEndsTheRoundAtOnce(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 3, Holders: 3, HistoryDays: 3, Calm: true, Linked: true})
	_, _, err := w.round()
	w.must(err)
	used := w.journal.ReadsSince(time.Time{}, "")
	w.change = func(o *Options) { o.Policy.ReadsPer30Days = used }
	w.server.Advance(24 * time.Hour)
	report, _, err := w.round()
	if !errors.Is(err, ErrReadAllowance) || report.Reads != 0 {
		t.Errorf("%d reads, %v", report.Reads, err)
	}
	w.change = nil
	_, _, err = w.round()
	w.must(err)
	w.wantTruth()
}

// TestHoldersOfAccountsV2: an account configured as a customer is a holder of type customer
// with an acct_ id, and can be selected alone.
func TestHoldersOfAccountsV2(t *testing.T) {
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 18, Holders: 9, HistoryDays: 10})
	_, _, err := w.round()
	w.must(err)
	holder := ""
	for _, a := range w.file.State().Accounts {
		if strings.HasPrefix(orEmpty(a.HolderID), "acct_") && orEmpty(a.HolderType) == "customer" {
			holder = *a.HolderID
		}
	}
	if n := w.accountsThat(func(a schema.AccountState) bool { return orEmpty(a.HolderID) == holder }); n != 2 {
		t.Fatalf("%d accounts of %s", n, holder)
	}
	alone := newWorld(t, simulator.Config{Seed: 4, Accounts: 18, Holders: 9, HistoryDays: 10})
	alone.change = func(o *Options) { o.Holders = []string{customerAccount + holder} }
	_, _, err = alone.round()
	alone.must(err)
	if n := alone.accountsHeld(); n != 2 {
		t.Errorf("%d accounts of the only holder selected", n)
	}
}
