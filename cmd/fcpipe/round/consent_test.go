package round_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"fcpipe/sync/simulator"
)

// TestAConsentThatShrinksDuringARoundIsARowOfThatRound: and one that ends; a round without changes adds none.
func TestAConsentThatShrinksDuringARoundIsARowOfThatRound(t *testing.T) {
	w := newStoredWorld(t, simulator.Config{
		Seed: 3, Accounts: 3, Holders: 2, HistoryDays: 150, Calm: true, Linked: true,
	})
	ids := w.server.Accounts()
	for i, change := range []string{`"permissions": ["balances"]`, `"account_status": "disconnected"`} {
		faults, err := simulator.ParseFaults(fmt.Appendf(nil, `{"when": {"path": "/transactions", "account": %q, `+
			`"times": 1}, "do": {%s}}`, ids[i], change))
		w.must(err)
		w.must(w.server.AddFaults(faults))
	}
	_, merged, err := w.round()
	w.must(err)
	consents := func() map[string]string {
		return w.pairs("SELECT account_id, string_agg(concat_ws(' ', status, reason, len(permissions)), '; ' " +
			"ORDER BY version) FROM meta.consents GROUP BY account_id")
	}
	if got := consents(); got[ids[0]] != "granted 1" || !strings.HasSuffix(got[ids[1]], "ended by_holder 4") ||
		got[ids[2]] != "granted 4" || merged.ConsentsChanged == 0 {
		t.Errorf("consents: %s", got)
	}
	before := consents()
	_, merged, err = w.round()
	w.must(err)
	if got := consents(); !maps.Equal(got, before) || merged.ConsentsChanged != 0 {
		t.Errorf("a second round made %s of %s", got, before)
	}
}
