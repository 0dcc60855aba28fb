package stripe

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	stripego "github.com/stripe/stripe-go/v82"
)

// Request is one request that may be sent several times. Get and Post are shorter where they say enough.
type Request struct {
	Method    string // GET or POST
	Operation string // names the endpoint for its rate and its breaker
	Path      string
	Form      url.Values // of a GET in the address, of a POST in the body
	JSON      []byte     // the body of a POST to a v2 endpoint, instead of Form; nil is none
	Version   string     // Stripe-Version; "" is that of Options
	// IdempotencyKey is what a POST is known by to Stripe, however often it is sent. A POST without one is not
	// recognised when it comes twice.
	IdempotencyKey string

	isJSON   func(body []byte) bool // nil is that of Options
	expected int                    // bytes of an answer that are given memory at once; the rest grows
}

// Send sends a request, and again as long as that may help, under the same key. Its errors are those of Get.
func (c *Client) Send(ctx context.Context, r Request) (*Reply, error) {
	attempts, count := readAttempts, &c.reads
	if r.Method != http.MethodGet {
		attempts, count = writeAttempts, &c.writes
	}
	return c.retry(ctx, r.Operation, attempts, func() (*Reply, error) {
		count.Add(1)
		return c.send(ctx, r)
	})
}

// send is one attempt.
func (c *Client) send(ctx context.Context, r Request) (*Reply, error) {
	body, header, err := c.exchange(r, c.params(ctx, r))
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, c.translate(err)
	}
	c.learnTime(header)
	return &Reply{Body: body, RequestID: printable(header.Get("Request-Id"))}, nil
}

// params are the headers of a request, as stripe-go takes them.
func (c *Client) params(ctx context.Context, r Request) *stripego.Params {
	params := &stripego.Params{Context: ctx}
	if c.options.Account != "" {
		params.SetStripeAccount(c.options.Account)
	}
	if r.IdempotencyKey != "" {
		params.SetIdempotencyKey(r.IdempotencyKey)
	}
	if version := c.version(r); version != "" {
		params.Headers = http.Header{"Stripe-Version": {version}}
	}
	return params
}

// version is the Stripe-Version of a request; "" is stripe-go's. All that is asked of Financial Connections has one and
// the same: an account that a purchase answers is compared with one that was listed.
func (c *Client) version(r Request) string {
	if r.Version == "" && strings.HasPrefix(r.Path, Path("")) {
		return c.options.Version
	}
	return r.Version
}
