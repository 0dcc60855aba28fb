package export

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/storetest"
)

// TestPersonalColumnsAreThoseWithTheTexts: a lake that keeps everything has canaries in the columns that the
// dictionary marks, and in no other.
func TestPersonalColumnsAreThoseWithTheTexts(t *testing.T) {
	w, _ := ofCanaries.exported(t)
	found, marked := w.columnsWith("(?i)"+bankCanary+"|"+ownerCanary), w.personalColumns()
	for column := range found {
		if marked[column] == "" {
			t.Errorf("%s has texts of people and is not marked as personal", column)
		}
	}
	for column := range marked {
		isHash := strings.HasSuffix(column, "stream_id") || strings.HasSuffix(column, "counterparty_id")
		if found[column] == 0 && !isHash {
			t.Errorf("%s is marked as personal, and no canary came to it", column)
		}
	}
}

// TestNoCanaryIsInALakeThatHidesThem: whatever the policy, no byte of a hidden text is in any file of the lake, every
// other value is there, and verify proves it.
func TestNoCanaryIsInALakeThatHidesThem(t *testing.T) {
	if !hasPersonalTables(t) {
		return
	}
	w, least := ofCanaries.world(t), "" // of the ids of streams
	marked := w.personalColumns()
	all := [][2]string{{Keep, Drop}, {Token, Token}, {Keep, Keep}, {Token, Drop}, {Drop, Token}, {Drop, Drop}}
	if !*proof { // what is dropped is in TestStricterPolicyThatIsKilled as well
		all = all[:2]
	}
	for _, policies := range all {
		w.hideBy(policies[0], policies[1], marked)
		if policies[0] == Keep {
			least = strings.ToUpper(w.ask("SELECT min(stream_id) FROM lake:ledger/streams"))
		}
		if found := w.holding(least); (len(found) > 0) != (policies[0] == Keep) {
			t.Errorf("%v: %q, which is made of a text, is in %v", policies, least, found)
		}
	}
}

// hideBy makes a lake and holds it to its policy for the columns that are marked.
func (w *world) hideBy(descriptions, owners string, marked map[string]string) {
	w.t.Helper()
	w.privacy = policyOf(descriptions, owners, "first")
	if err := os.RemoveAll(w.layout.Lake()); err != nil {
		w.t.Fatal(err)
	}
	if report := w.exported(); report.Privacy != w.shows() {
		w.t.Errorf("the report says %s, the manifest %s", report.Privacy, w.shows())
	}
	w.wantWhole()
	if report := w.exported(); !report.Unchanged {
		w.t.Error("a second export is not unchanged")
	}
	for canary, policy := range map[string]string{bankCanary: descriptions, ownerCanary: owners} {
		if found := w.holding(canary); (len(found) > 0) != (policy == Keep) {
			w.t.Errorf("%s, %s: %s is in %v", descriptions, owners, canary, found)
		}
	}
	tokens := w.columnsWith("tok1_[A-Za-z0-9_-]{32}")
	for column, field := range marked {
		policy := map[string]string{"descriptions": descriptions, "owners": owners}[field]
		if (tokens[column] > 0) != (policy == Token) {
			w.t.Errorf("%s, %s: %s has %d tokens", descriptions, owners, column, tokens[column])
		}
		delete(tokens, column)
	}
	if len(tokens) > 0 {
		w.t.Errorf("tokens in other columns: %v", tokens)
	}
}

// TestAnotherPolicyNeedsAFullExport: until then nothing is written, and nothing is published that was not before;
// then no byte of what is hidden stays.
func TestAnotherPolicyNeedsAFullExport(t *testing.T) {
	w, _ := ofCanaries.exported(t)
	w.clock = w.clock.Add(time.Hour)
	later := transaction("fctxn_later", -7, day(6, 1))
	later.Description = "LATERBIRD"
	for i, change := range []struct {
		privacy Privacy
		stays   bool // what was replaced
	}{
		{policyOf(Token, Keep, "first"), false},
		{policyOf(Drop, Token, "first"), false},
		{policyOf(Token, Token, "first"), true}, // looser
		{policyOf(Keep, Drop, "none"), false},   // looser and stricter
	} {
		if i == 0 && !*proof { // the next one is stricter too, and has tokens
			continue
		}
		before := w.shows()
		w.privacy, w.full = change.privacy, false
		if i == 1 || *proof { // there may be something new to write, and there need not be
			rows := []schema.Transaction{later}
			w.round(schema.Landed{Accounts: []schema.Account{canaryHolder()}, Transactions: rows})
		}
		files := w.files()
		_, err := w.try()
		if !errors.Is(err, ErrPrivacy) || !strings.Contains(err.Error(), "fcpipe export --full") ||
			!strings.Contains(err.Error(), before) {
			t.Fatalf("%v", err)
		}
		if changed := w.files(); fmt.Sprint(changed) != fmt.Sprint(files) {
			t.Fatal("an export that was refused changed the lake")
		}
		if behind := w.found(false); len(behind) != 1 || !behind[0].Behind ||
			!strings.Contains(behind[0].What, "fcpipe export --full") {
			t.Errorf("verify does not name the one export that helps: %v", behind)
		}
		w.full = true
		report := w.exported()
		if (report.Superseded > 0) != change.stays || change.stays && !report.KeptUntil.Equal(w.clock.Add(w.grace)) {
			t.Errorf("%s after %s: %d files stay until %s", report.Privacy, before, report.Superseded, report.KeptUntil)
		}
		w.wantWhole()
		for canary, field := range map[string]string{bankCanary: "descriptions", ownerCanary: "owners"} {
			if found := w.holding(canary); (len(found) > 0) != (change.privacy.Policy[field] == Keep) {
				t.Errorf("%s: %s is in %v", report.Privacy, canary, found)
			}
		}
		later.UpdatedAt = later.UpdatedAt.Add(time.Hour)
		later.AmountMinor--
	}
}

// TestStricterPolicyThatIsKilled: wherever the full export ended, the next one leaves no byte of what is hidden. make
// proof kills after each step, any other run before the pointer is the new one and after.
func TestStricterPolicyThatIsKilled(t *testing.T) {
	for _, point := range []string{"manifest.written", "pointer.written", "view.switched"} {
		if point == "view.switched" && !*proof {
			continue
		}
		w, _ := ofCanaries.exported(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		w.hook = func(reached string) {
			if reached == point {
				cancel(errors.New("killed"))
			}
		}
		w.privacy, w.full = policyOf(Drop, Drop, "none"), true
		if _, err := w.tryWith(ctx); err == nil {
			t.Fatalf("%s: not killed", point)
		}
		w.hook, w.full = nil, false
		if _, err := w.try(); errors.Is(err, ErrPrivacy) { // the pointer is the old one
			w.full = true
			w.exported()
		} else if err != nil {
			t.Fatal(err)
		}
		w.wantWhole()
		for _, canary := range []string{bankCanary, ownerCanary} {
			if found := w.holding(canary); len(found) > 0 {
				t.Errorf("%s: %s is in %v", point, canary, found)
			}
		}
	}
}

// TestDroppedKeysAreNoKeys: rows that only a dropped text told apart stay, and the manifest promises no key.
func TestDroppedKeysAreNoKeys(t *testing.T) {
	storetest.ForProof(t)
	if !hasPersonalTables(t) {
		return
	}
	w, _ := ofCanaries.exported(t)
	const rows = "SELECT count(*) || ' ' || sum(net_minor) FROM lake:expenses/merchant_month"
	want := w.ask(rows)
	w.privacy, w.full = policyOf(Drop, Keep, "none"), true
	w.exported()
	w.wantWhole()
	manifest, _, err := readLatest(w.layout.Lake())
	if err != nil {
		t.Fatal(err)
	}
	d, _ := manifest.dataset("expenses/merchant_month")
	if got := w.ask(rows); got != want || len(d.Key) != 0 || !slices.Equal(d.Dropped, []string{"merchant_key"}) {
		t.Errorf("%s of %s rows, key %v, dropped %v", got, want, d.Key, d.Dropped)
	}
}

// TestAnErasureGoesOnUnderAnotherPolicy: it must not wait for an export that an operator has to ask for.
func TestAnErasureGoesOnUnderAnotherPolicy(t *testing.T) {
	w, _ := ofCanaries.exported(t)
	w.privacy = policyOf(Drop, Drop, "none")
	opened := w.reader()
	if _, err := Erase(t.Context(), opened, w.options()); err != nil {
		t.Fatal(err)
	}
	w.wantWhole()
	if found := append(w.holding(bankCanary), w.holding(ownerCanary)...); len(found) > 0 {
		t.Error(found)
	}
}

func TestPoliciesThatCannotWorkAreRefused(t *testing.T) {
	for want, privacy := range map[string]Privacy{
		`"names" is no personal field`: {Policy: map[string]string{"names": Drop}},
		`policy "hash" of owners`:      {Policy: map[string]string{"owners": "hash"}},
		"tokens need a key":            {Policy: map[string]string{"owners": Token}},
	} {
		if _, err := privacy.entry(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(verb, policyOf(Token, Keep, "first")); strings.Contains(text, "abcdef") {
			t.Errorf("%s shows a key: %s", verb, text)
		}
	}
}
