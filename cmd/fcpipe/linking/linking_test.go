package linking

import (
	"errors"
	"strings"
	"testing"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/sync/collect"
)

// TestTheKeysAreOfOneMode, and Stripe.js comes from where the API is.
func TestTheKeysAreOfOneMode(t *testing.T) {
	for _, test := range []struct {
		base, key string
		livemode  bool
		want, js  string
	}{
		{"https://api.stripe.com", "pk_live_1", true, "", officialJS},
		{"https://api.stripe.com", "pk_test_1", false, "", officialJS},
		{"https://api.stripe.com", "pk_test_1", true, "of test mode, the Stripe key of live mode", ""},
		{"https://api.stripe.com", "pk_live_1", false, "of live mode, the Stripe key of test mode", ""},
		{"https://api.stripe.com", "", false, "is not set", ""},
		{"http://127.0.0.1:1", "", false, "", "http://127.0.0.1:1/stripe.js"},
	} {
		cfg := config.Default()
		cfg.Stripe.APIBase, cfg.Stripe.PublishableKey = test.base, test.key
		c, err := NewClient(cfg, "", test.livemode)
		if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) ||
			err == nil && c.StripeJS != test.js {
			t.Errorf("%+v: %+v, %v", test, c, err)
		}
	}
}

// TestAddingKeepsWhatIsShared, whether it is read or not.
func TestAddingKeepsWhatIsShared(t *testing.T) {
	cfg := config.Default()
	cfg.Sync.Ownership.Mode = "on_demand"
	w := Wanted{Added: []string{"ownership"}, Shared: []string{"payment_method", "balances"}}
	terms, err := Terms(cfg, w, true)
	if got := strings.Join(terms.Permissions, " "); err != nil || got != "balances ownership payment_method" {
		t.Errorf("%s: %v", got, err)
	}
	cfg.Sync.Ownership.Mode = "off"
	if _, err := Terms(cfg, w, true); !errors.Is(err, collect.ErrUnusedPermission) {
		t.Errorf("%v", err)
	}
}

// TestRealPeopleAreToldTheOperatorsWords.
func TestRealPeopleAreToldTheOperatorsWords(t *testing.T) {
	cfg := config.Default()
	if _, err := Notice(cfg, false, nil, nil); err != nil {
		t.Errorf("in test mode: %v", err)
	}
	cfg.Collect.Business, cfg.Collect.Purpose, cfg.Collect.Storage = "B", "P.", "S."
	if _, err := Notice(cfg, true, nil, nil); err == nil || !strings.Contains(err.Error(), "collect.contact: not set") {
		t.Errorf("%v", err)
	}
	cfg.Collect.Contact = "write to us."
	cfg.Privacy.Retention.Transactions = 24
	n, err := Notice(cfg, true, []string{"balances"}, nil)
	if err != nil || !strings.Contains(n.Text(), "write to us.\n") ||
		!strings.Contains(n.Text(), "\nTransactions are deleted once they are 24 months old.\n") {
		t.Errorf("%v: %s", err, n.Text())
	}
}
