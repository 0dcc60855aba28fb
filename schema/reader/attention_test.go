package reader_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/reader"
	"fcpipe/schema/storetest"
)

// TestEveryReasonOfAttention: a store with one account for each reason of the closed list, and
// a healthy one, which is not named.
func TestEveryReasonOfAttention(t *testing.T) {
	s := storetest.New(t)
	accounts := accountsOfEachReason(s.Clock)
	through, long := s.Clock, s.Clock.Add(-90*time.Hour)
	var completions []schema.Completion
	for _, a := range accounts {
		at := &through
		if a.AccountID == "fca_stale" {
			at = &long
		}
		completions = append(
			completions,
			schema.Completion{AccountID: a.AccountID, CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: at},
		)
	}
	asked := func(ago time.Duration, status string) schema.RefreshAttempt {
		return schema.RefreshAttempt{
			Feature: "ownership", AccountID: "fca_no_owners", RequestedAt: s.Clock.Add(-ago), RequestedBy: "us",
			Status: status,
		}
	}
	s.Round(schema.Landed{Accounts: accounts, Completions: completions, Refreshes: []schema.RefreshAttempt{
		asked(150*time.Hour, "failed"),
		asked(140*time.Hour, "succeeded"),
		asked(96*time.Hour, "failed"),
		asked(0, "failed"),
	}})
	s.Round(schema.Landed{
		Accounts: []schema.Account{accountWith("fca_goes_inactive", func(a *schema.Account) { a.Status = "inactive" })},
		Quarantined: []schema.QuarantinedRow{
			{
				AccountID: "fca_refused", Object: "transaction", Page: 1, Position: 2, Field: "amount",
				Reason: "not an integer", Raw: []byte("{}"),
			},
		},
	})
	inactiveSince := s.Clock
	failing := failingAccounts(s.Clock)
	long48 := func(q *reader.StatusQuestion) {
		q.Stale, q.StaleBalance, q.StaleOwners, q.Failing = q.Now.Add(-48*time.Hour), q.Now.Add(
			-48*time.Hour,
		), q.Now.Add(-48*time.Hour), failing
	}
	found := storetest.AttentionOf(t, s, long48)
	var got []string
	for _, a := range found {
		got = append(got, a.AccountID+" "+a.Code+": "+a.Reason)
		if !slices.Contains(reader.AttentionOrder, a.Code) {
			t.Errorf("%s is not of the closed list", a.Code)
		}
		if a.Code == reader.NeedsRelink && (a.Since == nil || !a.Since.Equal(inactiveSince)) {
			t.Errorf("inactive since %v, want %v", a.Since, inactiveSince)
		}
	}
	want := []string{
		"fca_missing missing: Stripe does not find it any more (404)",
		"fca_refused rows_refused: 1 row refused, see meta.quarantine",
		"fca_failing failing: failing for 3 days: transactions could not be read (http_403)",
		"fca_stale failing: failing for 3 days: the last refresh of transactions failed",
		"fca_expires relink_required: its bank wants its holder to link it again before 2026-08-01",
		"fca_goes_inactive inactive: inactive: its holder has to link it again",
		"fca_shares_balances permission_missing: its holder did not share transactions",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	wantOwnersNamed(t, s, long48)
	if *storetest.Proof {
		wantLessNamed(t, s, long48)
	}
}

// TestWhatIsSettledLeavesTheList: an account that was closed or disconnected, and the older ids of one
// that was linked again, need no person; the newest id of a chain does, when it is inactive itself.
func TestWhatIsSettledLeavesTheList(t *testing.T) {
	s := storetest.New(t)
	day := 0
	made := func(id, last4, status, details string) schema.Account {
		a := storetest.Account(id)
		a.Last4, a.Status = &last4, status
		a.CreatedAt = a.CreatedAt.AddDate(0, 0, day)
		day++
		if details != "" {
			a.Extra = new(`{"status_details":{"inactive":` + details + `}}`)
		}
		return a
	}
	s.Round(schema.Landed{Accounts: []schema.Account{
		made("fca_again1", "0001", "active", ""), made("fca_twice1", "0002", "active", ""),
		made("fca_closed", "0003", "inactive", `{"action":"none","cause":"account_closed"}`),
		made("fca_denied", "0004", "inactive", `{"action":"none","cause":"access_denied"}`),
		made("fca_gone", "0005", "inactive", `{"cause":"account_closed"}`),
		made("fca_relink", "0006", "inactive", `{"action":"relink_required","cause":"access_expired"}`),
		made("fca_null", "0007", "inactive", "null"),
		made("fca_other", "0008", "inactive", `{"action":"call_bank","cause":"unspecified"}`),
		made("fca_quit", "0009", "disconnected", ""),
	}, Transactions: threeRows("fca_again1", "fca_twice1")})
	inactive := func(a schema.Account) schema.Account { a.Status = "inactive"; return a }
	s.Round(
		schema.Landed{
			Accounts: []schema.Account{
				inactive(testAccountOf("fca_again1", "0001")), inactive(testAccountOf("fca_twice1", "0002")),
			},
		},
	)
	through := s.Clock
	s.Round(schema.Landed{
		Accounts: []schema.Account{
			made("fca_again2", "0001", "active", ""), made("fca_twice2", "0002", "inactive", ""),
		},
		Transactions: threeRows("fca_again2", "fca_twice2"), // the same again: they are linked by that
		Completions: []schema.Completion{
			{AccountID: "fca_again2", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through},
			{AccountID: "fca_twice2", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through},
		},
	})
	status := storetest.StatusOf(t, s)
	for name, test := range map[string]struct {
		got  []reader.Attention
		want []string
	}{
		"attention": {status.Attention, []string{
			"fca_null inactive: inactive: its holder has to link it again",
			"fca_other inactive: inactive: its bank wants call_bank",
			"fca_relink inactive: inactive: its holder has to link it again",
			"fca_twice2 inactive: inactive: its holder has to link it again",
		}},
		"ended": {status.Ended, []string{
			"fca_quit disconnected: disconnected by its holder",
			"fca_closed closed: closed at its bank",
			"fca_denied closed: its bank gives it back no more: access_denied",
			"fca_gone closed: closed at its bank",
			"fca_again1 relinked: linked again as fca_again2",
			"fca_twice1 relinked: linked again as fca_twice2",
		}},
	} {
		var got []string
		for _, a := range test.got {
			got = append(got, a.AccountID+" "+a.Code+": "+a.Reason)
			if status.Names[a.AccountID].Last4 == nil {
				t.Errorf("%s has no name", a.AccountID)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%q\nwant\n%q", name, got, test.want)
		}
	}
}

// threeRows gives each account the same three rows.
func threeRows(accounts ...string) (rows []schema.Transaction) {
	for _, account := range accounts {
		for day := 4; day <= 6; day++ {
			rows = append(
				rows, storetest.Transaction(fmt.Sprintf("fctxn_%s_%d", account, day), account, int64(-100*day), day),
			)
		}
	}
	return rows
}

// testAccountOf is Account with other last digits.
func testAccountOf(id, last4 string) schema.Account {
	a := storetest.Account(id)
	a.Last4 = &last4
	return a
}

// TestNeverIsOlderThanAnyInstant: accounts that were never complete are counted, those that do not share
// transactions apart.
func TestNeverIsOlderThanAnyInstant(t *testing.T) {
	s := storetest.New(t)
	accounts := []schema.Account{
		testAccountOf("fca_1", "0001"),
		testAccountOf("fca_2", "0002"),
		testAccountOf("fca_3", "0003"),
	}
	accounts[2].Permissions = []string{"balances"}
	through := s.Clock
	s.Round(
		schema.Landed{
			Accounts: accounts,
			Completions: []schema.Completion{
				{AccountID: "fca_1", CursorRefreshID: new("fctxnref_1"), CompleteThroughAt: &through},
			},
		},
	)
	status := storetest.StatusOf(t, s)
	if len(status.Accounts) != 1 {
		t.Fatalf("%+v", status.Accounts)
	}
	if c := status.Accounts[0]; c.Accounts != 3 || c.NeverComplete != 1 || c.NotShared != 1 || c.OldestComplete == nil {
		t.Errorf("%+v", c)
	}
}

// accountWith is an account that is not another one linked again, changed.
func accountWith(id string, change func(*schema.Account)) schema.Account {
	a := storetest.Account(id)
	a.Last4 = nil // none is another one linked again
	if change != nil {
		change(&a)
	}
	return a
}

// accountsOfEachReason are a healthy account and one for each reason that an account itself gives.
func accountsOfEachReason(clock time.Time) []schema.Account {
	return []schema.Account{
		accountWith("fca_active", nil),
		accountWith("fca_disconnected", func(a *schema.Account) { a.Status = "disconnected" }),
		accountWith("fca_expires", func(a *schema.Account) {
			a.Extra = new(
				`{"status_details":{"active":{"action":"relink_required","cause":"access_expired",` +
					`"expected_deactivation_date":1785542400}}}`,
			)
		}),
		accountWith("fca_failing", nil),
		accountWith("fca_goes_inactive", nil),
		accountWith("fca_missing", nil),
		accountWith("fca_refused", nil),
		accountWith("fca_no_owners", func(a *schema.Account) {
			a.Permissions = append(a.Permissions, "ownership")
			a.OwnershipRefresh = &schema.RefreshState{Status: "failed", AttemptedAt: clock}
		}),
		accountWith("fca_shares_balances", func(a *schema.Account) { a.Permissions = []string{"balances"} }),
		accountWith("fca_stale", func(a *schema.Account) { a.TransactionRefresh.Status = "failed" }),
	}
}

// failingAccounts are what the journal would tell of accounts that failed, for long or not.
func failingAccounts(clock time.Time) map[string]reader.Failure {
	return map[string]reader.Failure{
		"fca_failing": {
			Reason: "transactions could not be read (http_403)", Code: "http_403", Since: clock.Add(-75 * time.Hour),
		},
		"fca_active": {
			Reason: "transactions could not be read (http_500)", Code: "http_500", Since: clock.Add(-time.Hour),
		}, // not for long
		"fca_disconnected": {
			Reason: "transactions could not be read (http_403)", Code: "http_403", Since: clock.Add(-75 * time.Hour),
		},
		"fca_missing": {
			Reason: "transactions could not be read (http_404)", Code: "http_404", Since: clock.Add(-time.Hour),
		},
	}
}

// wantOwnersNamed asks for owners too.
func wantOwnersNamed(t *testing.T, s *storetest.Store, long48 func(*reader.StatusQuestion)) {
	t.Helper()
	// where owners are wanted, who does not share them and whose are not to be had is named too
	lacking := 0
	for _, a := range storetest.AttentionOf(t, s, long48, func(q *reader.StatusQuestion) { q.Owners = true }) {
		switch a.AccountID + " " + a.Code + ": " + a.Reason {
		case "fca_no_owners failing: failing for 4 days: the last refresh of the ownership failed",
			"fca_shares_balances permission_missing: its holder did not share transactions and ownership":
			lacking++
		case "fca_active permission_missing: its holder did not share ownership":
			lacking++
		}
	}
	if lacking != 3 {
		t.Errorf("%d of 3 named", lacking)
	}
}

// wantLessNamed asks before owners are due, and for no transactions.
func wantLessNamed(t *testing.T, s *storetest.Store, long48 func(*reader.StatusQuestion)) {
	t.Helper()
	for _, a := range storetest.AttentionOf(t, s, long48, func(q *reader.StatusQuestion) {
		q.Owners, q.StaleOwners = true, q.Now.Add(-100*time.Hour)
	}) {
		if a.AccountID == "fca_no_owners" {
			t.Errorf("named before its time: %+v", a)
		}
	}
	// what the configuration does not ask for is not missed
	for _, a := range storetest.AttentionOf(t, s, func(q *reader.StatusQuestion) {
		q.Transactions, q.Stale = false, q.Now
	}) {
		if a.Code == reader.LacksPermission || a.Code == reader.IsFailing {
			t.Errorf("with transactions off: %+v", a)
		}
	}
}
