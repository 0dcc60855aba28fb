package store_test

import (
	"fmt"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/schema/storetest"
)

// lastConsents is what is known of the consents of an account, one text a row.
const lastConsents = `SELECT string_agg(concat_ws(' ', status, reason, session_id, permissions::VARCHAR), '; '
	ORDER BY version) FROM meta.consents WHERE account_id = `

func shared(account string, permissions ...string) schema.Landed {
	a := storetest.Account(account)
	a.Permissions = permissions
	return schema.Landed{Accounts: []schema.Account{a}}
}

func give(t *testing.T, s *storetest.Store, session string, permissions ...string) {
	t.Helper()
	if err := s.RecordConsents(t.Context(), []schema.Consent{{
		AccountID: "fca_1", HolderType: "customer", HolderID: "cus_1", Permissions: permissions, SessionID: &session,
		Text: new("We see balances."), TextVersion: new("1"), Locale: new("en-US"), GivenAt: s.Clock,
	}}); err != nil {
		t.Fatal(err)
	}
}

// TestAConsentThatEndsHasItsReason walks through the ways that Stripe's list shows, each with an account of its own.
func TestAConsentThatEndsHasItsReason(t *testing.T) {
	s := storetest.New(t)
	reasons := map[string]string{"unspecified": "inactive", "access_expired": "expired", "access_denied": "by_holder"}
	all := func(status string, permissions ...string) (landed schema.Landed) {
		for cause := range reasons {
			one := shared("fca_"+cause, permissions...).Accounts[0]
			if one.Status = status; status == "inactive" {
				one.Extra = new(`{"status_details":{"inactive":{"cause":"` + cause + `"}}}`)
			}
			landed.Accounts = append(landed.Accounts, one)
		}
		return landed
	}
	s.Round(all("active", "balances", "transactions"))
	if *proof { // the same in another order
		s.Round(all("active", "transactions", "balances"))
	}
	s.Round(all("active", "balances"))
	s.Round(all("inactive", "balances"))
	if *proof {
		s.Round(all("inactive", "balances"))
	}
	s.Round(all("active", "balances"))
	s.Round(all("disconnected", "balances"))
	for cause, reason := range reasons {
		s.Want(
			lastConsents+"'fca_"+cause+"'", "granted [balances, transactions]; changed [balances]; ended "+reason+
				" [balances]; returned [balances]; ended by_holder [balances]",
		)
	}
	s.Want("SELECT string_agg(reason || (ended_at = changed_at) || (first_seen_at < ended_at), ' ') "+
		"FROM meta.current_consents", "by_holdertruetrue by_holdertruetrue by_holdertruetrue")
}

// TestAConsentGivenHereBecomesARow: with its session, once, and what the list shows of it in the same merge.
func TestAConsentGivenHereBecomesARow(t *testing.T) {
	s := storetest.NewDerivedStore(t)
	give(t, s, "fcsess_1", "balances", "transactions")
	s.Round(shared("fca_1", "balances"))
	s.Want(lastConsents+"'fca_1'", "granted fcsess_1 [balances, transactions]; changed fcsess_1 [balances]")
	s.Want(
		"SELECT holder_id || consent_text || text_version || locale || epoch(given_at)::BIGINT FROM meta.consents "+
			"WHERE version = 1", "cus_1We see balances.1en-US"+"1780315200",
	)
	before := storetest.ReadFile(t, s.Layout().Database())
	s.Round(shared("fca_1", "balances"))
	if string(before) != string(storetest.ReadFile(t, s.Layout().Database())) {
		t.Error("a consent that is a row already made another generation")
	}
	s.Clock = s.Clock.Add(time.Hour)
	give(t, s, "fcsess_2", "balances")
	if report := s.Round(); report.ConsentsChanged != 1 { // nothing landed
		t.Errorf("%+v", report)
	}
	s.Want(lastConsents+"'fca_1'", "granted fcsess_1 [balances, transactions]; changed fcsess_1 [balances]; "+
		"granted fcsess_2 [balances]")
}

// TestAnEndByUsIsOurs: the list alone would say that the holder ended it.
func TestAnEndByUsIsOurs(t *testing.T) {
	s := storetest.New(t)
	s.Round(shared("fca_1", "balances"), shared("fca_2", "balances"))
	if err := s.Journal().RecordConsentEnd(
		journal.ConsentEnd{AccountID: "fca_1", Reason: schema.EndedByUs, At: s.Clock},
	); err != nil {
		t.Fatal(err)
	}
	var gone []schema.Landed
	for _, id := range []string{"fca_1", "fca_2"} {
		gone = append(gone, shared(id, "balances"))
		gone[len(gone)-1].Accounts[0].Status = "disconnected"
	}
	s.Round(gone...)
	s.Want(lastConsents+"'fca_1'", "granted [balances]; ended by_us [balances]")
	s.Want(lastConsents+"'fca_2'", "granted [balances]; ended by_holder [balances]")
}

// TestAConsentGivenDuringARoundWaits: the round's list is older than it, and would take back what it gave.
func TestAConsentGivenDuringARoundWaits(t *testing.T) {
	s := storetest.New(t)
	s.Round(shared("fca_1", "balances"))
	release, err := s.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	give(t, s, "fcsess_1", "balances", "transactions")
	s.Round(shared("fca_1", "balances"), shared("fca_2", "balances"))
	s.Want(lastConsents+"'fca_1'", "granted [balances]")
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if release, err = s.Lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Round(shared("fca_1", "balances", "transactions"))
	s.Want(lastConsents+"'fca_1'", "granted [balances]; granted fcsess_1 [balances, transactions]")
	if err := release(); err != nil {
		t.Fatal(err)
	}
}

// TestTheStateKnowsConsents: those of the file, those that only the journal has, and what we ended.
func TestTheStateKnowsConsents(t *testing.T) {
	s := storetest.New(t)
	inactive := shared("fca_2", "balances")
	s.Round(shared("fca_2", "balances"), shared("fca_3", "balances"))
	inactive.Accounts[0].Status = "inactive"
	s.Round(inactive)
	give(t, s, "fcsess_1", "transactions") // of fca_1, which no list has shown
	if err := s.Journal().RecordConsentEnd(journal.ConsentEnd{AccountID: "fca_3", Reason: "by_us"}); err != nil {
		t.Fatal(err)
	}
	state, err := s.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(state.Consents), "map[fca_1:{[transactions] } fca_2:{[balances] inactive} "+
		"fca_3:{[balances] by_us}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, known := state.ConsentFor("fca_4"); known {
		t.Error("a consent for an account that is not known")
	}
}

// wantEarlierConsents: the upgrade of the first version numbers them and adds what the accounts' versions tell.
func wantEarlierConsents(s *storetest.Store) {
	s.T.Helper()
	s.Want(
		"SELECT string_agg(concat_ws(' ', account_id, version, status, reason, holder_type, holder_id, run_id), '; ' "+
			"ORDER BY account_id, version) FROM meta.consents WHERE account_id <> 'fca_new'",
		"fca_1 1 granted customer cus_1 run-1; fca_1 2 ended inactive customer cus_1 run-3; "+
			"fca_2 1 granted customer cus_1 run-1",
	)
}
