package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	readAttempts    = 5
	writeAttempts   = 3
	refusedAttempts = 3 // when no connection is accepted: a server that is down is not up in a second
	firstBackoff    = 500 * time.Millisecond
	maxBackoff      = 20 * time.Second
	maxRetryAfter   = 5 * time.Minute // a server that asks for more is not waited for
)

// sender is one attempt of a request.
type sender func() (*Reply, error)

// retry sends a request until it succeeds, may not be sent again, or has had its attempts. It is the only place
// where a request is sent twice.
func (c *Client) retry(ctx context.Context, operation string, attempts int, send sender) (*Reply, error) {
	c.budget.addRequest()
	for attempt := 0; ; attempt++ {
		reply, err := c.attempt(ctx, operation, send)
		if err == nil {
			c.budget.addSuccess()
			return reply, nil
		}
		switch {
		case ctx.Err() != nil:
			return nil, err
		case errors.Is(err, ErrOutage):
			return nil, fmt.Errorf("%w from %s", err, c.Host())
		}
		if attempt+1 >= attempts || !isRetryable(err, attempt) || !c.budget.spend(timedOut(err)) {
			return nil, c.markUnreachable(err)
		}
		c.retries.Add(1)
		if err := c.options.Clock.Sleep(ctx, c.backoff(err, attempt)); err != nil {
			return nil, err
		}
	}
}

// attempt sends a request once, when breaker, limits and the caller allow it.
func (c *Client) attempt(ctx context.Context, operation string, send sender) (*Reply, error) {
	clock, breaker := c.options.Clock, c.breakerOf(operation)
	if err := breaker.wait(ctx, clock); err != nil {
		return nil, err
	}
	if err := c.limits.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer func() { c.limits.gate.leave(clock.Now()) }()
	if err := c.limits.wait(ctx, clock, operation); err != nil {
		return nil, err
	}
	if c.options.BeforeSend != nil {
		if err := c.options.BeforeSend(ctx, operation); err != nil {
			return nil, err
		}
	}
	sent := clock.Now()
	reply, err := send()
	if ctx.Err() != nil {
		return reply, err
	}
	breaker.record(isUnreachable(err), clock.Now())
	if api, is := errors.AsType[*APIError](err); is && api.Status == http.StatusTooManyRequests {
		c.limited.Add(1)
		c.limits.decrease(operation, api, sent, clock.Now())
	}
	return reply, err
}

func (c *Client) breakerOf(operation string) *breaker {
	b, _ := c.breakers.LoadOrStore(operation, &breaker{})
	return b.(*breaker)
}

// isRetryable decides by what came back: attempt 0 is the first.
func isRetryable(err error, attempt int) bool {
	var api *APIError
	var network *networkError
	switch {
	case errors.Is(err, ErrKeyRefused):
		return false
	case errors.As(err, &network):
		return network.problem != problemTLS && (network.problem != problemRefused || attempt+1 < refusedAttempts)
	case !errors.As(err, &api):
		return false
	case api.RetryAfter > maxRetryAfter: // whatever else it says
		return false
	case api.Retry != "":
		return api.Retry == "true"
	}
	isPassing := api.Status == http.StatusTooManyRequests || api.Status == http.StatusConflict
	return isPassing || api.Status >= http.StatusInternalServerError
}

// backoff is what the server asked for and a random time, whose bound doubles with each attempt.
func (c *Client) backoff(err error, attempt int) time.Duration {
	bound := min(maxBackoff, firstBackoff<<attempt)
	jitter := time.Duration(c.options.Random() * float64(bound))
	var api *APIError
	if errors.As(err, &api) && api.RetryAfter > 0 {
		return api.RetryAfter + jitter
	}
	return jitter
}

// retryAfter reads the header Retry-After: seconds, or a date; anything else is 0.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
