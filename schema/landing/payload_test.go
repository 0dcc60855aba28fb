package landing_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"fcpipe/schema"
	"fcpipe/schema/check"
	"fcpipe/schema/durable"
	"fcpipe/schema/landing"
	"fcpipe/schema/repair"
	"fcpipe/schema/store"
	"fcpipe/schema/storetest"
)

// TestARefusalAfterARepairIsAnother: a row is refused, refused again, repaired, and refused
// once more in the same place. The repair may be of the same refresh: only the cursor tells.
func TestARefusalAfterARepairIsAnother(t *testing.T) {
	s := storetest.New(t)
	account := storetest.Account("fca_1")
	refused := schema.Landed{Accounts: []schema.Account{account}, Quarantined: []schema.QuarantinedRow{
		{
			AccountID: "fca_1", Object: "transaction", Page: 1, Position: 0, Field: "amount", Reason: "is no integer",
			Raw: []byte(`{}`),
		},
		{
			AccountID: "fca_1", Object: "owner", Page: 1, Position: 0, Field: "name", Reason: "is null",
			Raw: []byte(`{}`),
		},
		{
			AccountID: "fca_9", Object: "account", Page: 0, Position: 3, Field: "category", Reason: "is missing",
			Raw: []byte(`{}`),
		},
	}}
	through := s.Clock
	complete := func(cursor string) schema.Landed {
		return schema.Landed{
			Accounts: []schema.Account{account},
			Completions: []schema.Completion{
				{AccountID: "fca_1", CursorRefreshID: &cursor, CompleteThroughAt: &through},
			},
		}
	}
	wantRefused := func(what string, rows int64, got store.MergeReport, attention int) {
		t.Helper()
		if found := storetest.AttentionOf(t, s); got.Quarantined != rows || len(found) != attention {
			t.Errorf("%s: %d rows refused, want %d; to look at: %+v", what, got.Quarantined, rows, found)
		}
	}
	wantRefused("refused", 3, s.Round(refused), 1)
	wantRefused("repaired", 0, s.Round(complete("fctxnref_1")), 0)
	wantRefused("refused after the repair", 1, s.Round(refused), 1)
	if !*storetest.Proof {
		return // the sequences of the store's contract go on so
	}
	wantRefused("and again", 0, s.Round(refused), 1)
	s.Round(complete("fctxnref_2"), schema.Landed{
		Accounts: []schema.Account{storetest.Account("fca_9")},
		Owners: []schema.Owner{
			{OwnershipID: "fcaowns_1", OwnerID: "fcaown_1", AccountID: "fca_1", Name: "Ada Example"},
		},
		Ownerships: []schema.Ownership{{OwnershipID: "fcaowns_1", AccountID: "fca_1", OwnerCount: 1}},
	})
	wantRefused("refused after everything was repaired", 3, s.Round(refused), 2)
	s.Want("SELECT count(*) FROM meta.quarantine", "7")
	found := storetest.AttentionOf(t, s)
	if s.Want("SELECT count(*) FROM main.accounts", "2"); found[1].Reason != "1 row refused, see meta.quarantine" {
		t.Errorf("a refusal counts that was repaired: %+v", found[1])
	}
}

// TestABodyThatWasCutShortIsKeptAgain: a power cut left half of a refused row's body under its
// name, and a building one beside it. Verify names it; the row's next refusal makes it whole; and
// where there is none, repair archives it.
func TestABodyThatWasCutShortIsKeptAgain(t *testing.T) {
	s := storetest.New(t)
	body := []byte(`{"id": "fctxn_1", "amount": null, "currency": "usd"}`)
	refused := schema.Landed{
		Accounts: []schema.Account{storetest.Account("fca_1")},
		Quarantined: []schema.QuarantinedRow{
			{AccountID: "fca_1", Object: "transaction", Field: "amount", Reason: "is null", Raw: body},
		},
	}
	s.Round(refused)
	path := filepath.Join(s.Layout().Quarantine(), landing.PayloadName(body))
	building := filepath.Join(s.Layout().Quarantine(), landing.TempPayload)
	broken := func() int {
		t.Helper()
		findings, err := check.VerifyQuarantine(t.Context(), s.Layout())
		if err != nil || len(findings) > 0 && filepath.Join(s.Layout().Dir, findings[0].Where) != path {
			t.Errorf("%+v %v", findings, err)
		}
		return len(findings)
	}
	cut := func() {
		t.Helper()
		for _, file := range []string{path, building} {
			if err := os.WriteFile(file, body[:20], 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if broken() != 1 {
			t.Error("half a body is called whole")
		}
	}
	if broken() != 0 {
		t.Error("a whole body is called broken")
	}
	cut()
	s.Round(refused)
	if got := storetest.ReadFile(t, path); !bytes.Equal(got, body) || broken() != 0 {
		t.Errorf("refused again, and %s is kept", got)
	}
	cut()
	r, err := repair.Open(s.Options, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context(), ""); err != nil || broken() != 0 || r.Steps[len(r.Steps)-1].Lost == "" {
		t.Errorf("repaired: %v %+v", err, r.Steps)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	for _, gone := range []string{path, building} {
		if exists, err := durable.FileExists(gone); err != nil || exists {
			t.Errorf("%s is still there: %v", gone, err)
		}
	}
	s.Round(refused)
	if got := storetest.ReadFile(t, path); !bytes.Equal(got, body) {
		t.Errorf("refused after the repair, and %s is kept", got)
	}
}
