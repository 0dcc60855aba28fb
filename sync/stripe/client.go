package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	stripego "github.com/stripe/stripe-go/v82"
)

// Client sends requests to one Stripe account: authentication, parameters and errors are stripe-go's; pacing and
// retries are ours. It may be used by many goroutines.
type Client struct {
	options   Options
	backend   *stripego.BackendImplementation
	limits    *limits
	reads     atomic.Int64
	writes    atomic.Int64
	retries   atomic.Int64
	limited   atomic.Int64 // answers of status 429
	skew      atomic.Int64 // server time minus clock, nanoseconds
	timeKnown atomic.Bool  // an answer has told the server's time
	budget    retryBudget
	breakers  sync.Map // of *breaker, by operation
}

// New returns a client of a Stripe account. It sends nothing. The error says that the key may not be sent to the
// address.
func New(options Options) (*Client, error) {
	if err := checkBase(options); err != nil {
		return nil, err
	}
	if options.IsJSON == nil {
		options.IsJSON = json.Valid
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
	telemetry := false
	backend, isHTTP := stripego.GetBackendWithConfig(stripego.APIBackend, &stripego.BackendConfig{
		URL: stripego.String(options.APIBase), LeveledLogger: noLogger{}, EnableTelemetry: &telemetry,
		HTTPClient: &http.Client{
			Transport:     limitedTransport{transport},
			Timeout:       80 * time.Second,
			CheckRedirect: refuseRedirect, // the key goes nowhere else
		},
	}).(*stripego.BackendImplementation)
	if !isHTTP {
		return nil, errors.New("stripe-go makes another backend than it documents")
	}
	return &Client{options: options, backend: backend, limits: newLimits(options)}, nil
}

// checkBase checks where the key would be sent: a live key to Stripe alone, a test key to Stripe or loopback.
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

// Reply is one successful answer.
type Reply struct {
	Body      []byte // JSON that is well formed, not decoded
	RequestID string // as Stripe wrote it into a header, fit to be shown; "" when it did not
}

// Get sends a GET, and again as long as that may help. operation names the endpoint for its rate and its breaker.
// The error is an *APIError when Stripe answered, or wraps ErrKeyRefused, ErrUnreachable or ErrOutage.
func (c *Client) Get(ctx context.Context, operation, path string, form url.Values) (*Reply, error) {
	return c.Send(ctx, Request{Method: http.MethodGet, Operation: operation, Path: path, Form: form})
}

// Post sends a POST under an idempotency key, the same one however often it is sent. Its errors are those of Get.
func (c *Client) Post(ctx context.Context, operation, path string, form url.Values, key string) (*Reply, error) {
	return c.Send(ctx, Request{
		Method: http.MethodPost, Operation: operation, Path: path, Form: form, IdempotencyKey: key,
	})
}

// learnTime learns the server's time from the header Date, to a second.
func (c *Client) learnTime(header http.Header) {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		c.skew.Store(int64(date.Sub(c.options.Clock.Now())))
		c.timeKnown.Store(true)
	}
}

// Now is the server's time once an answer has told it, before that the clock's, in UTC. What is due, and what
// became of a purchase, is decided by comparing with the server's own instants.
func (c *Client) Now() time.Time { return c.ServerTime(c.options.Clock.Now()) }

// ServerTime is the server's time, as far as it is known, when the clock showed an instant.
func (c *Client) ServerTime(at time.Time) time.Time {
	return at.Add(time.Duration(c.skew.Load())).UTC()
}

// Drift is how far the clock is from the server's time, never negative; 0 where that is not known, or where the
// options say that it is none.
func (c *Client) Drift() time.Duration {
	if c.options.ServerTimeIsClock || !c.timeKnown.Load() {
		return 0
	}
	return time.Duration(c.skew.Load()).Abs()
}

// Account is the Connect account that is read; "" is the key's own.
func (c *Client) Account() string { return c.options.Account }

// Host is the host and port of the server.
func (c *Client) Host() string { return hostOf(c.options.APIBase) }

// Counts are requests of a Client since it was made.
type Counts struct {
	Reads       int64 // GET, retries included
	Writes      int64 // POST, retries included
	Retries     int64
	RateLimited int64 // answers of status 429
}

// Counts returns how many requests were sent so far.
func (c *Client) Counts() Counts {
	return Counts{Reads: c.Reads(), Writes: c.writes.Load(), Retries: c.retries.Load(), RateLimited: c.limited.Load()}
}

// Reads is how many GET requests were sent so far.
func (c *Client) Reads() int64 { return c.reads.Load() }

// noLogger drops stripe-go's lines: they may hold bank data.
type noLogger struct{}

func (noLogger) Debugf(string, ...any) {}
func (noLogger) Infof(string, ...any)  {}
func (noLogger) Warnf(string, ...any)  {}
func (noLogger) Errorf(string, ...any) {}

// Path builds a path below the Financial Connections API. Ids are data, never path syntax: they are escaped.
func Path(parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return "/v1/financial_connections/" + strings.Join(parts, "/")
}
