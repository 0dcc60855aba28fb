package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// CollectConfig is how accounts are linked, and what holders are told before.
type CollectConfig struct {
	Business      string      `yaml:"business" jsonschema:"description=Who asks,maxLength=200"`
	Purpose       string      `yaml:"purpose" jsonschema:"description=What the data is for,maxLength=2000"`
	Storage       string      `yaml:"storage" jsonschema:"description=Where it is kept and who sees it,maxLength=2000"`
	Contact       string      `yaml:"contact" jsonschema:"description=How to end it,maxLength=500"`
	Prefetch      bool        `yaml:"prefetch" jsonschema:"description=Let Stripe read at once what rounds ask for"`
	Subcategories []string    `yaml:"subcategories"`
	Countries     []string    `yaml:"countries"`
	MaxAccounts   int         `yaml:"max_accounts" jsonschema:"minimum=0,maximum=100"` // 0 is no limit
	StripeConsent bool        `yaml:"stripe_consent" jsonschema:"description=Show the consent text that Stripe issues"`
	Serve         ServeConfig `yaml:"serve"`
}

// ServeConfig is the server that an application's front end asks.
type ServeConfig struct {
	Listen  string   `yaml:"listen"`
	Origins []string `yaml:"origins"` // of web pages that may ask
	Tokens  string   `yaml:"tokens"`  // file with bearer tokens; "" without one
}

func defaultCollect() CollectConfig {
	return CollectConfig{
		Prefetch: true, Subcategories: slices.Clone(subcategories), Countries: []string{"US"},
		Serve: ServeConfig{Listen: "127.0.0.1:8787", Origins: []string{}},
	}
}

const (
	publishablePattern = `^(pk_(test|live)_[A-Za-z0-9_]+)?$`
	previewPattern     = `^([0-9]{4}-[0-9]{2}-[0-9]{2}\.preview)?$`
	countryPattern     = `^[A-Z]{2}$`
	originPattern      = `^https?://[a-z0-9.-]+(:[0-9]{1,5})?$`
	jsPattern          = `^(https://js\.stripe\.com/.+|https?://(localhost|127\.` + octet + `\.` + octet + `\.` +
		octet + `|\[::1\])(:[0-9]{1,5})?/.*)?$`
)

var (
	subcategories = []string{"checking", "savings", "credit_card", "line_of_credit", "mortgage"}

	publishable = regexp.MustCompile(publishablePattern)
	preview     = regexp.MustCompile(previewPattern)
	country     = regexp.MustCompile(countryPattern)
	origin      = regexp.MustCompile(originPattern)
	stripeJS    = regexp.MustCompile(jsPattern)
)

// checkLinking checks what only linking reads.
func (c StripeConfig) checkLinking() error {
	secret := strings.HasPrefix(c.PublishableKey, "sk_") || strings.HasPrefix(c.PublishableKey, "rk_")
	switch {
	case secret:
		return errors.New("stripe.publishable_key holds a secret key, which is never in this file: " +
			"roll it in Stripe's Dashboard, and write the publishable one (pk_…)")
	case !publishable.MatchString(c.PublishableKey):
		return errors.New("stripe.publishable_key: a publishable key looks like pk_live_… or pk_test_…")
	case !stripeJS.MatchString(c.JS):
		return fmt.Errorf("stripe.js: %q is neither below https://js.stripe.com/ nor on loopback", c.JS)
	case c.APIBase == stripeAPI && c.JS != "" && !strings.HasPrefix(c.JS, "https://js.stripe.com/"):
		return fmt.Errorf("stripe.js: %q: with %s only Stripe's own script is allowed, below https://js.stripe.com/",
			c.JS, stripeAPI)
	case !preview.MatchString(c.PreviewVersion):
		return fmt.Errorf("stripe.preview_version: %q is none; write 2026-08-26.preview", c.PreviewVersion)
	}
	return nil
}

func (c CollectConfig) check() error {
	switch {
	case c.MaxAccounts < 0 || c.MaxAccounts > 100:
		return fmt.Errorf("collect.max_accounts: %d is not between 0 and 100; 0 is no limit", c.MaxAccounts)
	case len(c.Subcategories) == 0 || len(c.Countries) == 0:
		return errors.New("collect.subcategories and collect.countries: at least one each")
	}
	for _, name := range c.Subcategories {
		if !slices.Contains(subcategories, name) {
			return fmt.Errorf("collect.subcategories: %q is not %s", name, strings.Join(subcategories, ", "))
		}
	}
	for _, code := range c.Countries {
		if !country.MatchString(code) {
			return fmt.Errorf("collect.countries: %q is no country; write US", code)
		}
	}
	for _, text := range []struct {
		key, value string
		most       int
	}{
		{"business", c.Business, 200},
		{"purpose", c.Purpose, 2000},
		{"storage", c.Storage, 2000},
		{"contact", c.Contact, 500},
	} {
		if len([]rune(text.value)) > text.most {
			return fmt.Errorf("collect.%s: at most %d characters", text.key, text.most)
		}
	}
	return c.Serve.check()
}

func (c ServeConfig) check() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("collect.serve.listen: %q is no address and port; write 127.0.0.1:8787", c.Listen)
	}
	for _, text := range c.Origins {
		if u, err := url.Parse(text); err != nil || u.Host == "" || !origin.MatchString(text) {
			return fmt.Errorf("collect.serve.origins: %q is no origin such as https://app.example.com", text)
		}
	}
	return nil
}

// stripeAPI is Stripe itself.
const stripeAPI = "https://api.stripe.com"

// IsStripe reports whether the API is Stripe itself.
func (c Config) IsStripe() bool { return c.Stripe.APIBase == stripeAPI }

// Used are the permissions whose data the configuration reads.
func (c Config) Used() []string {
	used := []string{}
	for _, feature := range []struct {
		mode, permission string
	}{
		{c.Sync.Balance.Mode, "balances"},
		{c.Sync.Transactions.Mode, "transactions"},
		{c.Sync.Ownership.Mode, "ownership"},
	} {
		if feature.mode != "off" {
			used = append(used, feature.permission)
		}
	}
	return used
}

// Prefetched are the permissions whose data Stripe may read as soon as an account is linked: those that the next round
// would ask for anyway. mayBuy says whether a round may buy refreshes.
func (c Config) Prefetched(mayBuy bool) []string {
	wanted := []string{}
	if !c.Collect.Prefetch {
		return wanted
	}
	for _, feature := range []struct {
		mode, permission string
		isBilled         bool
	}{
		{c.Sync.Balance.Mode, "balances", true},
		{c.Sync.Transactions.Mode, "transactions", false},
		{c.Sync.Ownership.Mode, "ownership", true},
	} {
		if feature.mode != "off" && (mayBuy || !feature.isBilled) {
			wanted = append(wanted, feature.permission)
		}
	}
	return wanted
}

// TokensFile is the file of bearer tokens; "" without one.
func (c Config) TokensFile() string {
	if c.Collect.Serve.Tokens == "" {
		return ""
	}
	return c.resolve(c.Collect.Serve.Tokens)
}
