package stripe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	readAttempts  = 5
	writeAttempts = 3
	firstBackoff  = 500 * time.Millisecond
	maxBackoff    = 20 * time.Second
	maxRetryAfter = 5 * time.Minute
	maxRefused    = 3 // attempts when nobody listens: a server that is down is not up in a second
)

// repeat sends a request until it succeeds, may not be repeated, or has had its attempts.
// It is the only place where a request is sent twice.
func (c *Client) repeat(ctx context.Context, operation string, attempts int, send func() (*Reply, error)) (*Reply, error) {
	c.budget.first()
	for attempt := 0; ; attempt++ {
		answer, err := c.attempt(ctx, operation, send)
		if err == nil {
			c.budget.succeeded()
			return answer, nil
		}
		switch {
		case ctx.Err() != nil:
			return nil, err
		case errors.Is(err, ErrOutage):
			return nil, fmt.Errorf("%w from %s", err, hostOf(c.options.APIBase))
		}
		if attempt+1 >= attempts || !mayRepeat(err, attempt) || !c.budget.mayRepeat(timedOut(err)) {
			return nil, c.unreachable(err)
		}
		c.retries.Add(1)
		if err := c.options.Clock.Sleep(ctx, c.backoff(err, attempt)); err != nil {
			return nil, err
		}
	}
}

// attempt sends a request once, when limits and breaker let it.
func (c *Client) attempt(ctx context.Context, operation string, send func() (*Reply, error)) (*Reply, error) {
	clock, breaker := c.options.Clock, c.breakerOf(operation)
	if err := breaker.allow(ctx, clock); err != nil {
		return nil, err
	}
	if err := c.limits.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer func() { c.limits.gate.leave(clock.Now()) }()
	if err := c.limits.pace(ctx, clock, operation); err != nil {
		return nil, err
	}
	if c.options.BeforeSend != nil {
		if err := c.options.BeforeSend(ctx); err != nil {
			return nil, err
		}
	}
	sent := clock.Now()
	answer, err := send()
	if ctx.Err() != nil {
		return answer, err
	}
	breaker.heard(isFailure(err), clock.Now())
	if api, is := errors.AsType[*APIError](err); is && api.Status == http.StatusTooManyRequests {
		c.limited.Add(1)
		c.limits.slow(operation, api.Reason, api.Code, sent, clock.Now())
	}
	return answer, err
}

func (c *Client) breakerOf(operation string) *breaker {
	b, _ := c.breakers.LoadOrStore(operation, &breaker{})
	return b.(*breaker)
}

// isFailure reports whether an endpoint seems to be down: no answer, or a server error.
func isFailure(err error) bool {
	var network *networkError
	var api *APIError
	return errors.As(err, &network) || errors.As(err, &api) && api.Status >= http.StatusInternalServerError
}

func timedOut(err error) bool {
	network, is := errors.AsType[*networkError](err)
	return is && network.problem == problemTimeout
}

// mayRepeat decides by what came back.
func mayRepeat(err error, attempt int) bool {
	var api *APIError
	var network *networkError
	switch {
	case errors.Is(err, ErrKeyRefused):
		return false
	case errors.As(err, &network):
		return network.problem != problemTLS && (network.problem != problemRefused || attempt+1 < maxRefused)
	case !errors.As(err, &api):
		return false
	case api.RetryAfter > maxRetryAfter: // whatever else it says
		return false
	case api.Retry != "":
		return api.Retry == "true"
	}
	return api.Status == http.StatusTooManyRequests || api.Status == http.StatusConflict || api.Status >= http.StatusInternalServerError
}

// backoff is what the server asked for, else a random time that doubles its bound each attempt.
func (c *Client) backoff(err error, attempt int) time.Duration {
	bound := min(maxBackoff, firstBackoff<<attempt)
	jitter := time.Duration(c.options.Random() * float64(bound))
	var api *APIError
	if errors.As(err, &api) && api.RetryAfter > 0 {
		return api.RetryAfter + jitter
	}
	return jitter
}

// unreachable marks failures that say nothing of the request itself, with the server that was asked.
func (c *Client) unreachable(err error) error {
	var network *networkError
	var api *APIError
	if errors.As(err, &network) || errors.As(err, &api) && api.Status >= http.StatusInternalServerError {
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, hostOf(c.options.APIBase), err)
	}
	return err
}

// hostOf is the host and port of an address.
func hostOf(base string) string {
	address, err := url.Parse(base)
	switch {
	case err != nil:
		return base
	case address.Port() != "":
		return address.Host
	case address.Scheme == "http":
		return address.Host + ":80"
	}
	return address.Host + ":443"
}

// Problems of requests without an answer.
const (
	problemRefused = "connection refused"
	problemTLS     = "the server's certificate is not trusted"
	problemTimeout = "timeout"
	problemCut     = "the answer was cut off"
	problemNoJSON  = "what answered sent no valid JSON, as a proxy or an outage page does"
	problemOther   = "connection failed"
)

// classify names a failure without quoting it: texts of decoding errors hold bank data.
func classify(err error) string {
	var certificate *tls.CertificateVerificationError
	var operation *net.OpError
	var timeout net.Error
	switch {
	case errors.As(err, &certificate):
		return problemTLS
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return problemCut
	case errors.As(err, &timeout) && timeout.Timeout():
		return problemTimeout
	case errors.As(err, &operation) && operation.Op == "dial":
		return problemRefused
	}
	if answered := (*url.Error)(nil); !errors.As(err, &answered) { // what net/http says of every request without an answer
		return problemNoJSON
	}
	return problemOther
}

// retryAfter reads seconds or a date; anything else is 0.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
