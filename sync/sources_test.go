package sync

import (
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"fcpipe/schema/duck"
	"fcpipe/schema/reader"
	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// value asks the published file for one number.
func (w *world) value(query string) (n int64) {
	w.t.Helper()
	reader, err := reader.Open(w.t.Context(), w.store.Layout(), duck.Settings{})
	w.must(err)
	defer reader.Close()
	w.must(reader.Database().QueryRowContext(w.t.Context(), query).Scan(&n))
	return n
}

// TestConnectedAccountsAreReadBesideTheOwn: a platform has its own accounts and those of a
// connected Stripe account, each with its own allowance; one that refuses us fails alone.
func TestConnectedAccountsAreReadBesideTheOwn(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 4, Holders: 2, HistoryDays: 40, Calm: true, Linked: true})
	branch := simulator.New(simulator.Config{Seed: 9, Accounts: 3, Holders: 2, HistoryDays: 40, Calm: true, Linked: true})
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
	if n := w.value("SELECT count(*) FROM main.accounts WHERE stripe_account_id = 'acct_branch'"); n != 3 {
		t.Errorf("%d accounts of the connected account are held, want 3", n)
	}
	want := len(branch.Truth().Transactions) + len(w.server.Truth().Transactions)
	if n := w.value("SELECT count(*) FROM main.transactions"); n != int64(want) {
		t.Errorf("%d rows held, both worlds have %d", n, want)
	}
	journal := w.store.Journal()
	own, theirs := journal.ReadsSince(time.Time{}, ""), journal.ReadsSince(time.Time{}, "acct_branch")
	if theirs == 0 || own == 0 || own+theirs+journal.ReadsSince(time.Time{}, "acct_gone") != report.Reads {
		t.Errorf("reads: own %d, connected %d, of %d", own, theirs, report.Reads)
	}
}

// TestAnAccountBelongsToTheStripeAccountItWasFirstSeenWith: a connected one that lists the platform's accounts as its
// own takes none of them over, now or later.
func TestAnAccountBelongsToTheStripeAccountItWasFirstSeenWith(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 2, Holders: 2, HistoryDays: 20, RowsPerAccount: 10, Calm: true, Linked: true})
	w.change = func(o *Options) { o.Connected = []string{"acct_twin"} }
	for range 2 {
		w.server.Advance(25 * time.Hour)
		report, _, err := w.round()
		w.must(err)
		if report.Complete || report.AccountsFailed != 2 || *report.Accounts[0].ErrorCode != codeElsewhere {
			t.Errorf("%+v", report.Accounts)
		}
		if n := w.value("SELECT count(*) FROM main.account_versions WHERE stripe_account_id = 'acct_twin'"); n != 0 {
			t.Errorf("%d versions of accounts belong to the twin", n)
		}
		w.wantTruth()
	}
}

// refreshByOthers starts a refresh that is not ours.
func (w *world) refreshByOthers(id string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, "http://simulator/v1/financial_connections/accounts/"+id+"/refresh", strings.NewReader("features[0]=transactions"))
	w.must(err)
	r.Header.Set("Authorization", "Bearer sk_test_other")
	answer, err := w.server.Transport().RoundTrip(r)
	w.must(err)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		w.t.Fatalf("refresh of %s: %d", id, answer.StatusCode)
	}
}

// TestAuditFindsAndRepairs: rows that went missing behind the cursor's back are found by a
// full list, counted, and stored again; a clean audit changes nothing.
func TestAuditFindsAndRepairs(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 3, Holders: 3, HistoryDays: 60, Calm: true, Linked: true})
	w.change = func(o *Options) {
		o.Policy.AuditEvery, o.Policy.Transactions.Mode, o.Policy.Balance.Mode = 48*time.Hour, plan.ModeOnDemand, plan.ModeOff
		o.Policy.Transactions.Every = 1000 * time.Hour
	}
	w.server.Advance(time.Hour)
	_, _, err := w.round()
	w.must(err)

	w.server.Advance(49 * time.Hour)
	clean, merged, err := w.round()
	w.must(err)
	if len(clean.Audits) != 3 || merged.TransactionsNew+merged.TransactionsChanged != 0 || merged.Audits[0].Listed == 0 {
		t.Errorf("a clean audit: %+v, %d rows new", merged.Audits, merged.TransactionsNew)
	}

	w.lose("DELETE FROM main.transactions WHERE transaction_id = (SELECT min(transaction_id) FROM main.transactions)")
	w.lose("UPDATE main.transactions SET amount_minor = amount_minor + 1 WHERE transaction_id = (SELECT max(transaction_id) FROM main.transactions)")
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
	if n := w.value("SELECT sum(missing + different)::BIGINT FROM meta.audits"); n != 2 {
		t.Errorf("meta.audits tells of %d differences, want 2", n)
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

// lose damages the published file behind fcpipe's back.
func (w *world) lose(statement string) {
	w.t.Helper()
	database, err := sql.Open("duckdb", w.store.Layout().Database())
	w.must(err)
	defer database.Close()
	_, err = database.ExecContext(w.t.Context(), statement)
	w.must(err)
	_, err = database.ExecContext(w.t.Context(), "CHECKPOINT")
	w.must(err)
}

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
		used := w.store.Journal().ReadsSince(w.server.Now().AddDate(0, 0, -30), "")
		if used > 300 {
			t.Fatalf("day %d: %d reads in 30 days", day, used)
		}
		if p := report.Plan.Quotas[0]; p.Needed <= p.Allowed {
			t.Fatalf("day %d: not told that it does not fit: %+v", day, p)
		}
		w.server.Advance(24 * time.Hour)
	}
	if n := w.value("SELECT count(*) FROM main.accounts WHERE complete_through_at IS NULL AND status = 'active' AND list_contains(permissions, 'transactions')"); n != 0 {
		t.Errorf("%d accounts never had their turn", n)
	}
}

// TestWhatFitsIsReadEveryNight: refreshes pend for longer than a round waits, and the plan says
// that the allowance carries every account. It does, night after night, because looking after
// refreshes takes only what rows leave.
func TestWhatFitsIsReadEveryNight(t *testing.T) {
	t.Parallel()
	const accounts, allowed = 12, 500
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: accounts, Holders: 6, HistoryDays: 3, Calm: true, Linked: true})
	w.change = func(o *Options) { o.Policy.ReadsPer30Days = allowed }
	for night := range 20 { // without it the reads are used up after 18 nights
		w.server.Advance(24 * time.Hour)
		w.must(w.server.AddFault(fault(`{"when": {"feature": "balance", "account": "` + w.server.Accounts()[0] + `"}, "do": {"pend_for": "20m"}}`)))
		report, _, err := w.round()
		w.must(err)
		p := report.Plan.Quotas[0]
		if used := w.store.Journal().ReadsSince(w.server.Now().AddDate(0, 0, -30), ""); used > allowed || p.Needed > allowed || report.Plan.Blocked || report.AccountsFailed > 0 {
			t.Fatalf("night %d: %d reads in 30 days, %d in this round, blocked %v, %d failed: %+v", night, used, report.Reads, report.Plan.Blocked, report.AccountsFailed, p)
		}
		if waited := report.Reads - report.AccountsFetched - 1; night > 0 && waited < 2 {
			t.Errorf("night %d: %d reads were made while waiting", night, waited)
		}
	}
}

// TestUsedUpAllowanceEndsTheRoundAtOnce: when there is nothing left, not even the accounts are listed.
func TestUsedUpAllowanceEndsTheRoundAtOnce(t *testing.T) {
	w := newWorld(t, simulator.Config{Accounts: 3, Holders: 3, HistoryDays: 3, Calm: true, Linked: true})
	_, _, err := w.round()
	w.must(err)
	used := w.store.Journal().ReadsSince(time.Time{}, "")
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
	holder := w.text("SELECT any_value(holder_id) FROM main.accounts WHERE holder_id LIKE 'acct_%' AND holder_type = 'customer'")
	if n := w.value("SELECT count(*) FROM main.accounts WHERE holder_id = '" + holder + "'"); n != 2 {
		t.Fatalf("%d accounts of %s", n, holder)
	}
	alone := newWorld(t, simulator.Config{Seed: 4, Accounts: 18, Holders: 9, HistoryDays: 10})
	alone.change = func(o *Options) { o.Holders = []string{customerAccount + holder} }
	_, _, err = alone.round()
	alone.must(err)
	if n := alone.value("SELECT count(*) FROM main.accounts"); n != 2 {
		t.Errorf("%d accounts of the only holder selected", n)
	}
}
