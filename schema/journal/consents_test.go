package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func consentFor(account string, permissions ...string) Consent {
	return Consent{
		AccountID: account, HolderType: "customer", HolderID: "cus_1", Permissions: permissions,
		SessionID: new("fcsess_1"), Text: new("text"), TextVersion: new("1"), Locale: new("en-US"),
		GivenAt: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC),
	}
}

func TestConsentsAreReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	end := ConsentEnd{AccountID: "fca_1", Reason: "by_us", At: time.Date(2026, 6, 2, 0, 0, 0, 0, time.UTC)}
	first := journalWith(t, path)
	if err := errors.Join(
		first.RecordConsents(), first.RecordConsents(consentFor("fca_1", "balances"), consentFor("fca_2")),
		first.RecordConsentEnd(end),
	); err != nil {
		t.Fatal(err)
	}
	read := journalWith(t, path)
	if got := fmt.Sprint(accountsOf(read.Consents())); got != "[fca_1 fca_2]" {
		t.Errorf("consents of %s", got)
	}
	if got := read.Consents()[0]; !slices.Equal(got.Permissions, []string{"balances"}) || *got.SessionID != "fcsess_1" {
		t.Errorf("%+v", got)
	}
	if got := read.ConsentEnds(); len(got) != 1 || got["fca_1"] != end {
		t.Errorf("%+v", got)
	}
	if err := read.RecordConsents(consentFor("fca_1")); err != nil {
		t.Fatal(err)
	}
	if ends := read.ConsentEnds(); len(ends) > 0 {
		t.Errorf("ended after it was given again: %v", ends)
	}
}

func accountsOf(consents []Consent) (accounts []string) {
	for _, consent := range consents {
		accounts = append(accounts, consent.AccountID)
	}
	return accounts
}

// TestTwoProcessesAppend: a consent is recorded while a round holds the lock; neither loses what the other wrote.
func TestTwoProcessesAppend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	round, collect := journalWith(t, path), journalWith(t, path)
	for n := range 3 {
		charge := Charge{ChargeKey: fmt.Sprint(n), AmountMicroUSD: 1}
		if _, err := round.RecordCharges(charge); err != nil {
			t.Fatal(err)
		}
		if err := collect.RecordConsents(consentFor(fmt.Sprint("fca_", n))); err != nil {
			t.Fatal(err)
		}
	}
	if err := round.RecordReads(Reads{Count: 1}); err != nil {
		t.Fatal(err)
	}
	for name, j := range map[string]*Journal{"the round": round, "a third": journalWith(t, path)} {
		if len(j.Charges()) != 3 || len(j.Consents()) != 3 {
			t.Errorf("%s knows %d charges and %d consents", name, len(j.Charges()), len(j.Consents()))
		}
	}
}

// TestAJournalThatWasReplacedIsReadWhole: an erasure puts another file in its place; one that is gone takes no records.
func TestAJournalThatWasReplacedIsReadWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	held := journalWith(t, path, "erased", "kept")
	other := filepath.Join(t.TempDir(), "journal.ndjson")
	journalWith(t, other, "kept")
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	if err := held.RecordConsents(consentFor("fca_1")); err != nil {
		t.Fatal(err)
	}
	for name, j := range map[string]*Journal{"the holder": held, "another": journalWith(t, path)} {
		if j.Charged("erased") || !j.Charged("kept") || len(j.Consents()) != 1 {
			t.Errorf("%s knows %v, %d consents", name, j.Charges(), len(j.Consents()))
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := held.RecordConsents(consentFor("fca_2")); !errors.Is(err, ErrRemoved) {
		t.Errorf("recorded in a new file: %v", err)
	}
}
