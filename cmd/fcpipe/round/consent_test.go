package round_test

import (
	"fmt"
	"testing"

	"fcpipe/sync/simulator"
)

// TestAConsentThatShrinksDuringARoundIsARowOfThatRound: and one that ends; a round without changes adds none.
func TestAConsentThatShrinksDuringARoundIsARowOfThatRound(t *testing.T) {
	w := newStoredWorld(t, simulator.Config{Seed: 3, Accounts: 3, Holders: 2, HistoryDays: 150, Calm: true, Linked: true})
	ids := w.server.Accounts()
	for i, change := range []string{`"permissions": ["balances"]`, `"account_status": "disconnected"`} {
		faults, err := simulator.ParseFaults(fmt.Appendf(nil, `{"when": {"path": "/transactions", "account": %q, `+
			`"times": 1}, "do": {%s}}`, ids[i], change))
		w.must(err)
		w.must(w.server.AddFaults(faults))
	}
	_, merged, err := w.round()
	w.must(err)
	consents := func() string {
		return w.answer("SELECT string_agg(concat_ws(' ', status, reason, len(permissions)), '; ' ORDER BY "+
			"list_position(['"+ids[0]+"', '"+ids[1]+"', '"+ids[2]+"'], account_id), version) FROM meta.consents")
	}
	if got := consents(); got != "granted 1; granted 4; ended by_holder 4; granted 4" && merged.ConsentsChanged > 0 {
		t.Errorf("consents: %s", got)
	}
	before := consents()
	_, merged, err = w.round()
	w.must(err)
	if got := consents(); got != before || merged.ConsentsChanged != 0 {
		t.Errorf("a second round made %s of %s", got, before)
	}
}
