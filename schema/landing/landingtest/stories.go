package landingtest

import (
	"context"
	"errors"
	"time"

	"fcpipe/schema"
)

// stories are what every landing promises, each told to an empty store.
var stories = []struct {
	name string
	tell func(*scene)
}{
	{"what was not sealed is gone after a crash", func(s *scene) {
		s.land(with(accounts("fca_1"), transactions(aRow("fctxn_1", "fca_1", 1, 0))))
		s.store.Crash(s)
		if s.round(); len(s.store.State(s).Accounts) != 0 {
			s.Error("it was published")
		}
		s.wantRows()
	}},
	{"what was sealed outlives a crash, all of a call together", func(s *scene) {
		s.seal(with(accounts("fca_1"), transactions(aRow("fctxn_1", "fca_1", 1, 0), aRow("fctxn_2", "fca_1", 2, 0)),
			complete("fca_1", "", "fctxnref_1")))
		s.land(transactions(aRow("fctxn_3", "fca_1", 3, 0)))
		s.store.Crash(s)
		s.wantCursor(s.overlaid("fca_1"), "fctxnref_1")
		s.round()
		s.wantRows("fctxn_1", "fctxn_2")
		s.wantCursor(s.account("fca_1"), "fctxnref_1")
	}},
	{"pages without the last one leave the account incomplete", func(s *scene) {
		s.seal(with(accounts("fca_1"), transactions(aRow("fctxn_1", "fca_1", 1, 0))))
		s.land(with(transactions(aRow("fctxn_2", "fca_1", 2, 0)), complete("fca_1", "", "fctxnref_1")))
		s.store.Crash(s)
		s.wantCursor(s.overlaid("fca_1"), "")
		s.round()
		s.wantCursor(s.account("fca_1"), "")
		s.wantRows("fctxn_1")
	}},
	{"a completion without a cursor moves none", func(s *scene) {
		s.round(with(accounts("fca_1"), complete("fca_1", "", "fctxnref_1")))
		s.round(with(transactions(aRow("fctxn_1", "fca_1", 1, 0)),
			schema.Landed{Completions: []schema.Completion{{AccountID: "fca_1"}}}))
		s.wantCursor(s.account("fca_1"), "fctxnref_1")
		s.wantRows("fctxn_1")
	}},
	{"a completion counts only on the file it was made for", func(s *scene) {
		s.round(with(accounts("fca_1"), complete("fca_1", "", "fctxnref_1")))
		restore := s.store.Backup(s)
		s.round(with(transactions(aRow("fctxn_2", "fca_1", 2, 0)), complete("fca_1", "fctxnref_1", "fctxnref_2")))
		s.wantCursor(s.account("fca_1"), "fctxnref_2")
		s.seal(with(transactions(aRow("fctxn_3", "fca_1", 3, 0)), complete("fca_1", "fctxnref_2", "fctxnref_3")))
		s.wantCursor(s.overlaid("fca_1"), "fctxnref_3")
		restore()
		s.wantCursor(s.overlaid("fca_1"), "fctxnref_1")
		s.round()
		s.wantCursor(s.account("fca_1"), "fctxnref_1")
		s.wantRows("fctxn_3") // what was read is held, and the cursor stays before what is missing
	}},
	{"completions lead on from one another", func(s *scene) {
		s.seal(with(accounts("fca_1"), complete("fca_1", "", "fctxnref_1")))
		s.seal(complete("fca_1", "fctxnref_1", "fctxnref_2"), complete("fca_1", "fctxnref_9", "fctxnref_10"))
		s.wantCursor(s.overlaid("fca_1"), "fctxnref_2")
		s.round()
		s.wantCursor(s.account("fca_1"), "fctxnref_2")
	}},
	{"rows without an account are no rows", func(s *scene) {
		var missing schema.Landed // the account of the rows before, whose own are all that is wrong then
		for id, rows := range map[string]schema.Landed{
			"fca_1": transactions(aRow("fctxn_1", "fca_1", 1, 0)), "fca_2": complete("fca_2", "", "fctxnref_1"),
			"fca_3": whole("fcaowns_1", "fca_3", 0),
		} {
			s.seal(missing, rows)
			if _, published, err := s.store.Merge(s, Round{}); !errors.Is(err, schema.ErrInvariant) || published {
				s.Errorf("merged: %v", err)
			}
			missing = accounts(id)
		}
		s.round(missing) // what landed is still there
		s.wantRows("fctxn_1")
		s.wantCursor(s.account("fca_2"), "fctxnref_1")
	}},
	{"live and test data do not mix", func(s *scene) {
		s.round(accounts("fca_1"))
		live := anAccount("fca_2", func(a *schema.Account) { a.Livemode = true })
		s.seal(schema.Landed{Accounts: []schema.Account{live}})
		if _, _, err := s.store.Merge(s, Round{}); !errors.Is(err, schema.ErrInvariant) {
			s.Errorf("a live account among others: %v", err)
		}
		if _, _, err := s.store.Merge(s, Round{Livemode: true}); !errors.Is(err, schema.ErrInvariant) {
			s.Errorf("a live round on another file: %v", err)
		}
	}},
	{"what is known already publishes nothing", func(s *scene) {
		rows := with(accounts("fca_1"), transactions(aRow("fctxn_1", "fca_1", 1, 0)),
			attempt("fca_1", "succeeded", begun),
			complete("fca_1", "", "fctxnref_1"))
		if _, published := s.merge(Round{}, rows); !published {
			s.Error("the first time nothing was published")
		}
		before := s.store.State(s).Watermark
		if merged, published := s.merge(Round{Seen: []string{"fca_1"}}, rows); published ||
			merged.TransactionsNew+merged.TransactionsChanged != 0 {
			s.Errorf("%+v", merged)
		}
		if after := s.store.State(s).Watermark; !after.Equal(before) || before.IsZero() {
			s.Errorf("the watermark went from %v to %v", before, after)
		}
	}},
	{"observation never stands still", func(s *scene) {
		s.round(accounts("fca_1"))
		before := s.store.State(s).Watermark
		s.clock = s.clock.Add(-48 * time.Hour)
		s.round(accounts("fca_1", "fca_2"))
		if after := s.store.State(s).Watermark; !after.After(before) {
			s.Errorf("the watermark went from %v to %v", before, after)
		}
	}},
	{"an older state of a row never becomes the current one", func(s *scene) {
		s.round(with(accounts("fca_1"), transactions(aRow("fctxn_1", "fca_1", 1, time.Hour))))
		older := aRow("fctxn_1", "fca_1", 9, 0)
		if merged := s.round(transactions(older)); merged.SupersededOnArrival != 1 || merged.TransactionsChanged != 0 {
			s.Errorf("%+v", merged)
		}
		if merged := s.round(transactions(older, aRow("fctxn_1", "fca_1", 2, 2*time.Hour))); merged.
			TransactionsChanged != 1 || merged.SupersededOnArrival != 0 {
			s.Errorf("the same older state once more: %+v", merged)
		}
		held := s.store.Contents(s)
		if held.Transactions["fctxn_1"].AmountMinor != 2 || held.Superseded != 1 {
			s.Errorf("%d rows superseded, held %+v", held.Superseded, held.Transactions["fctxn_1"])
		}
	}},
	{"what is not listed any more is kept", func(s *scene) {
		s.round(with(accounts("fca_1"), transactions(aRow("fctxn_1", "fca_1", 1, 0), aRow("fctxn_2", "fca_1", 2, 0)),
			complete("fca_1", "", "fctxnref_1")))
		s.round(with(transactions(aRow("fctxn_3", "fca_1", 3, 0)), complete("fca_1", "", "fctxnref_2")))
		s.wantRows("fctxn_1", "fctxn_2", "fctxn_3")
	}},
	{"of several readings the newest state wins, then the last", func(s *scene) {
		s.seal(with(accounts("fca_1"), transactions(aRow("fctxn_1", "fca_1", 1, time.Hour),
			aRow("fctxn_2", "fca_1", 1, 0))))
		s.round(transactions(aRow("fctxn_1", "fca_1", 2, 0), aRow("fctxn_2", "fca_1", 2, 0)))
		held := s.store.Contents(s).Transactions
		if held["fctxn_1"].AmountMinor != 1 || held["fctxn_2"].AmountMinor != 2 {
			s.Errorf("%d and %d", held["fctxn_1"].AmountMinor, held["fctxn_2"].AmountMinor)
		}
	}},
	{"an update of years ahead outranks no correction", func(s *scene) {
		s.round(with(accounts("fca_1"), transactions(aRow("fctxn_1", "fca_1", 1, 24*365*10*time.Hour))))
		if merged := s.round(transactions(aRow("fctxn_1", "fca_1", 2, 0))); merged.TransactionsChanged != 1 {
			s.Errorf("%+v", merged)
		}
	}},
	{"an id belongs to the account it was first seen in", func(s *scene) {
		s.round(with(accounts("fca_1", "fca_2"), transactions(aRow("fctxn_1", "fca_1", 1, 0))))
		merged := s.round(with(transactions(aRow("fctxn_1", "fca_2", 5, time.Hour), aRow("fctxn_2", "fca_2", 6, 0)),
			complete("fca_2", "", "fctxnref_1")))
		if merged.Strangers != 1 || merged.Quarantined != 1 || merged.TransactionsNew != 1 {
			s.Errorf("%+v", merged)
		}
		s.wantCursor(s.account("fca_2"), "")
		if row := s.store.Contents(s).Transactions["fctxn_1"]; row.AccountID != "fca_1" || row.AmountMinor != 1 {
			s.Errorf("%+v", row)
		}
	}},
	{"a refusal that repeats itself is one, until its account was read whole", func(s *scene) {
		for n, want := range []int64{1, 0} {
			if merged := s.round(accounts("fca_1"), refused("fca_1", "transaction", 3)); merged.Quarantined != want {
				s.Errorf("time %d: %+v", n, merged)
			}
		}
		s.wantCursor(s.account("fca_1"), "")
		s.round(complete("fca_1", "", "fctxnref_1"))
		if merged := s.round(refused("fca_1", "transaction", 3)); merged.Quarantined != 1 {
			s.Errorf("after it was read whole: %+v", merged)
		}
		if refused := s.store.Contents(s).Refused; len(refused) != 2 ||
			refused[0] != "fca_1 transaction amount: is no integer" {
			s.Errorf("%q", refused)
		}
	}},
	{"a snapshot of owners is held by the word that it is whole", func(s *scene) {
		s.seal(with(accounts("fca_1"), schema.Landed{Owners: []schema.Owner{anOwner("fcaowns_1", "fcaown_1",
			"fca_1")}}))
		if s.store.Overlaid(s).Ownerships["fcaowns_1"] {
			s.Error("landed owners alone are a snapshot")
		}
		s.round()
		s.seal(whole("fcaowns_1", "fca_1", 1))
		if s.store.State(s).Ownerships["fcaowns_1"] || !s.store.Overlaid(s).Ownerships["fcaowns_1"] {
			s.Error("what landed is not on top of what is published")
		}
		renamed := anOwner("fcaowns_1", "fcaown_1", "fca_1")
		renamed.Name = "Another Person"
		s.round(schema.Landed{Owners: []schema.Owner{renamed}})
		if held := s.store.Contents(s).Owners; !s.store.State(s).Ownerships["fcaowns_1"] || len(held) != 1 ||
			held[0].Name != renamed.Name {
			s.Errorf("%+v", held)
		}
	}},
	{"a settled refresh is never pending again", func(s *scene) {
		s.seal(with(accounts("fca_1"), attempt("fca_1", "pending", begun)))
		settled := func(r *schema.RefreshAttempt) {
			r.SettledAt, r.RequestedBy, r.RequestID = new(begun.Add(time.Minute)), "other", new("req_2")
		}
		s.seal(attempt("fca_1", "succeeded", begun, settled))
		s.seal(attempt("fca_1", "pending", begun))
		for range 2 {
			if got := s.overlaid("fca_1").Refresh("balance"); got.Status != "succeeded" {
				s.Errorf("with what landed it is %s", got.Status)
			}
			s.round()
			s.seal(attempt("fca_1", "pending", begun))
		}
		if got := s.account("fca_1").Refresh("balance"); got.Status != "succeeded" || got.SettledAt == nil ||
			text(got.RequestID) != "req_2" {
			s.Errorf("%+v", got)
		}
	}},
	{"failures count until a refresh succeeds", func(s *scene) {
		s.round(accounts("fca_1"))
		for n, status := range []string{"failed", "failed", "succeeded", "failed"} {
			at := begun.Add(time.Duration(n) * time.Hour)
			want := []int{1, 2, 0, 1}[n]
			s.seal(attempt("fca_1", status, at), attempt("fca_1", status, at))
			if got := s.overlaid("fca_1").Failures["balance"]; got != want {
				s.Errorf("attempt %d: %d failures landed, want %d", n, got, want)
			}
			if n%2 == 0 {
				continue // merged with the next one
			}
			s.round()
			if got := s.account("fca_1").Failures["balance"]; got != want {
				s.Errorf("attempt %d: %d failures, want %d", n, got, want)
			}
		}
	}},
	{"the current balance is the latest by its own instant", func(s *scene) {
		balance := func(current int64, asOf time.Time) schema.Landed {
			return schema.Landed{Balances: []schema.Balance{{
				AccountID: "fca_1", Currency: "usd", BalanceType: "cash",
				CurrentMinor: &current, AsOf: asOf,
			}}}
		}
		s.round(with(accounts("fca_1"), balance(1, begun)))
		s.seal(balance(2, begun.Add(-time.Hour)))
		s.seal(balance(3, begun))
		if got, _ := s.overlaid("fca_1").Balance("usd"); *got.CurrentMinor != 3 {
			s.Errorf("with what landed it is %d", *got.CurrentMinor)
		}
		if merged := s.round(); merged.BalancesNew != 2 {
			s.Errorf("%+v", merged)
		}
		if got, _ := s.account("fca_1").Balance("usd"); *got.CurrentMinor != 3 {
			s.Errorf("it is %d", *got.CurrentMinor)
		}
	}},
	{"the last reading of an account is the one that is held, from when it was first seen", func(s *scene) {
		s.seal(accounts("fca_1"))
		if a := s.overlaid("fca_1"); !a.Landed || !a.FirstSeenAt.Equal(a.CreatedAt) {
			s.Errorf("landed %v, first seen %v", a.Landed, a.FirstSeenAt)
		}
		s.round(accounts("fca_1"))
		seen := s.account("fca_1").FirstSeenAt
		inactive := anAccount("fca_1", func(a *schema.Account) { a.Status, a.Permissions = "inactive", nil })
		if merged := s.round(accounts("fca_1"),
			schema.Landed{Accounts: []schema.Account{inactive}}); merged.AccountsChanged != 1 {
			s.Errorf("%+v", merged)
		}
		if a := s.account("fca_1"); a.Status != "inactive" || a.Permissions != nil || a.Landed ||
			!a.FirstSeenAt.Equal(seen) || seen.IsZero() {
			s.Errorf("%+v", a)
		}
	}},
	{"an audit counts what was missing and what was held otherwise", func(s *scene) {
		s.round(with(accounts("fca_1"), transactions(aRow("fctxn_1", "fca_1", 1, 0), aRow("fctxn_2", "fca_1", 2, 0))))
		known := aRow("fctxn_2", "fca_1", 2, time.Hour)
		known.Extra = new(`{"mood":1}`)
		merged, _ := s.merge(Round{Audited: map[string][]string{"fca_1": {"fctxn_4"}}}, transactions(
			aRow("fctxn_1", "fca_1", 9, time.Hour), known, aRow("fctxn_3", "fca_1", 3, 0),
			aRow("fctxn_4", "fca_1", 4, 0)))
		if got := merged.Audits["fca_1"]; got != (Difference{Missing: 1, Different: 1}) {
			s.Errorf("%+v", got)
		}
	}},
	{"rows are counted by account where they are published", func(s *scene) {
		s.round(with(accounts("fca_1", "fca_2"), transactions(aRow("fctxn_1", "fca_1", 1, 0),
			aRow("fctxn_2", "fca_1", 2, 0))))
		s.seal(transactions(aRow("fctxn_3", "fca_1", 3, 0)))
		tallies, err := s.store.Overlaid(s).Tallies(s.Context())
		if err != nil || len(tallies) != 1 || tallies["fca_1"].Rows != 2 {
			s.Errorf("%v %v", tallies, err)
		}
	}},
	{"after a failure nothing lands until the run has ended", func(s *scene) {
		s.land(accounts("fca_1"))
		over, end := context.WithCancel(s.Context())
		end()
		if err := s.store.Seal(over); err == nil {
			s.Error("sealed by a context that has ended")
		}
		if s.store.Land(s.Context(), accounts("fca_2")) == nil || s.store.Seal(s.Context()) == nil {
			s.Error("rows landed behind rows that are gone")
		}
		s.store.Crash(s)
		s.round(accounts("fca_3"))
		if held := s.store.State(s).Accounts; len(held) != 1 || held["fca_3"].AccountID == "" {
			s.Errorf("%d accounts are held", len(held))
		}
	}},
}
