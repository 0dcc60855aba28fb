package sync

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	stripe "github.com/stripe/stripe-go/v82"

	"fcpipe/schema"
)

// client sends single requests to Stripe: authentication, parameters and transport are
// stripe-go's; pacing and repeating are retry.go's.
type client struct {
	options   Options
	connected string // Connect account that is read; "" is the key's own
	backend   stripe.Backend
	limits    *limits
	reads     atomic.Int64
	writes    atomic.Int64
	skew      atomic.Int64 // server time minus clock, nanoseconds
	heard     atomic.Bool  // the server has told its time
	retries   atomic.Int64 // repeats sent
	limited   atomic.Int64 // 429s heard
	budget    retryBudget
	breakers  sync.Map // of *breaker, by operation
}

func newClient(options Options, connected string) (*client, error) {
	if err := checkBase(options); err != nil {
		return nil, err
	}
	transport := options.Transport
	if transport == nil {
		transport = &http.Transport{
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: 30 * time.Second,
			ForceAttemptHTTP2:     true,
			MaxIdleConnsPerHost:   options.Concurrency,
			IdleConnTimeout:       90 * time.Second,
			Proxy:                 nil, // an environment variable must not redirect bank data
		}
	}
	retries := int64(0)
	telemetry := false
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
		URL: stripe.String(options.APIBase), MaxNetworkRetries: &retries, EnableTelemetry: &telemetry, LeveledLogger: silent{},
		HTTPClient: &http.Client{
			Transport:     capped{transport},
			Timeout:       80 * time.Second,
			CheckRedirect: refuseRedirect, // the key goes nowhere else
		},
	})
	return &client{options: options, connected: connected, backend: backend, limits: newLimits(options)}, nil
}

// checkBase keeps keys at home: a live key goes to Stripe alone, a test key to Stripe or loopback.
func checkBase(options Options) error {
	base, err := url.Parse(options.APIBase)
	if err != nil || base.Host == "" {
		return fmt.Errorf("api_base %q is no URL", options.APIBase)
	}
	if base.Scheme == "https" && base.Host == "api.stripe.com" || options.Transport != nil && !options.Key.Livemode() {
		return nil
	}
	if options.Key.Livemode() {
		return errors.New("a live key may only be sent to https://api.stripe.com")
	}
	if ip := net.ParseIP(base.Hostname()); base.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("api_base %q is neither Stripe nor on loopback", options.APIBase)
	}
	return nil
}

// reply is one successful answer, undecoded.
type reply struct {
	stripe.APIResource
	raw       []byte
	requestID string
}

// UnmarshalJSON keeps the bytes; stripe-go has checked that they are one JSON value.
func (r *reply) UnmarshalJSON(raw []byte) error {
	r.raw = append(r.raw[:0], raw...)
	return nil
}

// get sends a GET and repeats it as retry.go allows. operation names the endpoint for its limits.
func (c *client) get(ctx context.Context, operation, path string, form url.Values) (*reply, error) {
	return c.repeat(ctx, operation, readAttempts, func() (*reply, error) {
		c.reads.Add(1)
		return c.send(ctx, http.MethodGet, path, form, "")
	})
}

// post sends a POST under an idempotency key, always the same one.
func (c *client) post(ctx context.Context, operation, path string, form url.Values, key string) (*reply, error) {
	return c.repeat(ctx, operation, writeAttempts, func() (*reply, error) {
		c.writes.Add(1)
		return c.send(ctx, http.MethodPost, path, form, key)
	})
}

// send is one attempt.
func (c *client) send(ctx context.Context, method, path string, form url.Values, key string) (*reply, error) {
	params := &stripe.Params{Context: ctx}
	if c.connected != "" {
		params.SetStripeAccount(c.connected)
	}
	if key != "" {
		params.SetIdempotencyKey(key)
	}
	var r reply
	err := c.backend.CallRaw(method, path, string(c.options.Key), []byte(form.Encode()), params, &r)
	if err != nil && r.LastResponse != nil && isTooDeep(r.LastResponse.RawJSON) { // one row of it: the others are read
		r.raw, err = r.LastResponse.RawJSON, nil
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, c.translate(err)
	}
	if r.LastResponse != nil {
		r.requestID = schema.ShownBriefly(r.LastResponse.RequestID)
		c.hear(r.LastResponse.Header)
	}
	return &r, nil
}

// hear learns the server's time.
func (c *client) hear(header http.Header) {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		c.skew.Store(int64(date.Sub(c.options.Clock.Now())))
		c.heard.Store(true)
	}
}

// now is the server's time once it was heard, before that the clock's: what is due, and what
// became of a purchase, is told by comparing with the server's own instants.
func (c *client) now() time.Time {
	return c.options.Clock.Now().Add(time.Duration(c.skew.Load())).UTC()
}

// drift is how far the clock is from the server's, where the clock should be right.
func (c *client) drift() time.Duration {
	if c.options.ServerTimeIsClock || !c.heard.Load() {
		return 0
	}
	return time.Duration(c.skew.Load()).Abs()
}

// silent is no logger: stripe-go's lines may hold bank data.
type silent struct{}

func (silent) Debugf(string, ...any) {}
func (silent) Infof(string, ...any)  {}
func (silent) Warnf(string, ...any)  {}
func (silent) Errorf(string, ...any) {}

// pathOf builds a path below the Financial Connections API; ids are data, never path syntax.
func pathOf(parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return "/v1/financial_connections/" + strings.Join(parts, "/")
}
