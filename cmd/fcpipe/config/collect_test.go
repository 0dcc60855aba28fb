package config

import (
	"slices"
	"strings"
	"testing"
)

// TestWhatIsReadIsAskedFor, and prefetched where it may be bought.
func TestWhatIsReadIsAskedFor(t *testing.T) {
	c := Default()
	if used := c.Used(); !slices.Equal(used, []string{"balances", "transactions"}) {
		t.Errorf("%v", used)
	}
	if wanted := c.Prefetched(false); !slices.Equal(wanted, []string{"transactions"}) {
		t.Errorf("nothing may be bought: %v", wanted)
	}
	c.Sync.Ownership.Mode, c.Sync.Transactions.Mode = "on_demand", "off"
	if wanted := c.Prefetched(true); !slices.Equal(wanted, []string{"balances", "ownership"}) ||
		!slices.Equal(c.Used(), wanted) {
		t.Errorf("%v of %v", wanted, c.Used())
	}
	c.Collect.Prefetch = false
	if wanted := c.Prefetched(true); len(wanted) != 0 {
		t.Errorf("%v", wanted)
	}
}

// TestOnlyStripesOwnScriptGoesWithStripe: what the JSON Schema cannot say.
func TestOnlyStripesOwnScriptGoesWithStripe(t *testing.T) {
	for text, want := range map[string]string{
		`stripe: {js: "http://127.0.0.1:1/stripe.js"}`:                                 "only Stripe's own script",
		`stripe: {js: "http://127.0.0.1:1/stripe.js", api_base: "http://127.0.0.1:1"}`: "",
		`stripe: {js: "https://js.stripe.com/v3/"}`:                                    "",
		`stripe: {publishable_key: rk_live_1}`:                                         "never in this file",
		"collect: {purpose: " + strings.Repeat("x", 2001) + "}":                        "at most 2000 characters",
	} {
		_, err := parse([]byte(text))
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "rk_live_1") {
			t.Errorf("a key is shown: %v", err)
		}
	}
}
