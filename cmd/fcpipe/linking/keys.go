package linking

import (
	"errors"
	"fmt"
	"strings"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/sync/collect"
)

const (
	// officialJS is Stripe.js, of the release that goes with the version of sessions.
	officialJS = "https://js.stripe.com/dahlia/stripe.js"
	// localJS is where a server in Stripe's place has its own.
	localJS = "/stripe.js"
	// localKey is what a server in Stripe's place is known by.
	localKey = "pk_test_simulator"
)

// Client is what a browser or an app needs to know of the Stripe account.
type Client struct {
	PublishableKey string
	StripeJS       string // address of the script
	APIBase        string // that the script speaks to; "" is Stripe
}

// NewClient reads it from a configuration. apiBase is the server in Stripe's place that a browser can reach; "" is the
// one of the configuration. The error says that a key is missing, or of another mode than the secret key.
func NewClient(cfg config.Config, apiBase string, livemode bool) (Client, error) {
	c := Client{PublishableKey: cfg.Stripe.PublishableKey, StripeJS: cfg.Stripe.JS}
	if cfg.IsStripe() {
		if c.StripeJS == "" {
			c.StripeJS = officialJS
		}
		if !collect.IsStripeJS(c.StripeJS) {
			return c, fmt.Errorf("stripe.js: %q is not Stripe's own script", c.StripeJS)
		}
		return c, checkMode(c.PublishableKey, livemode)
	}
	if c.APIBase = apiBase; apiBase == "" {
		c.APIBase = cfg.Stripe.APIBase
	}
	if c.StripeJS == "" {
		c.StripeJS = c.APIBase + localJS
	}
	if c.PublishableKey == "" {
		c.PublishableKey = localKey
	}
	return c, checkMode(c.PublishableKey, livemode)
}

// checkMode refuses a publishable key that does not go with the secret one.
func checkMode(publishable string, livemode bool) error {
	switch {
	case publishable == "":
		return errors.New("stripe.publishable_key is not set: browsers and apps need it to show Stripe's window")
	case strings.HasPrefix(publishable, "pk_live_") != livemode:
		return fmt.Errorf("stripe.publishable_key is of %s, the Stripe key of %s",
			modeOf(!livemode), modeOf(livemode))
	}
	return nil
}

func modeOf(livemode bool) string {
	if livemode {
		return "live mode"
	}
	return "test mode"
}
