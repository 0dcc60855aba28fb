package sync

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	readAttempts  = 5
	writeAttempts = 3
	firstBackoff  = 500 * time.Millisecond
	maxBackoff    = 20 * time.Second
	maxRetryAfter = 5 * time.Minute
	maxRefused    = 3 // attempts when nobody listens: a server that is down is not up in a second
)

// limits paces requests: a rate per operation, and a number in flight for all.
type limits struct {
	mutex     sync.Mutex
	perSecond rate.Limit
	operation map[string]*rate.Limiter
	inFlight  chan struct{}
}

func newLimits(options Options) *limits {
	perSecond := rate.Limit(options.RequestsPerSecond)
	if options.RequestsPerSecond <= 0 {
		perSecond = rate.Inf
	}
	return &limits{perSecond: perSecond, operation: map[string]*rate.Limiter{}, inFlight: make(chan struct{}, max(options.Concurrency, 1))}
}

func (l *limits) of(operation string) *rate.Limiter {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.operation[operation] == nil {
		l.operation[operation] = rate.NewLimiter(l.perSecond, max(1, int(l.perSecond)/4))
	}
	return l.operation[operation]
}

// repeat sends a request until it succeeds, may not be repeated, or has had its attempts.
// It is the only place where a request is sent twice.
func (c *client) repeat(ctx context.Context, operation string, attempts int, send func() (*reply, error)) (*reply, error) {
	for attempt := 0; ; attempt++ {
		if err := c.pace(ctx, operation); err != nil {
			return nil, err
		}
		c.limits.inFlight <- struct{}{}
		answer, err := send()
		<-c.limits.inFlight
		if err == nil || ctx.Err() != nil {
			return answer, err
		}
		if attempt+1 >= attempts || !mayRepeat(err, attempt) {
			return nil, unreachable(err)
		}
		if err := c.options.Clock.Sleep(ctx, c.backoff(err, attempt)); err != nil {
			return nil, err
		}
	}
}

// pace waits for the operation's turn.
func (c *client) pace(ctx context.Context, operation string) error {
	now := c.options.Clock.Now()
	if delay := c.limits.of(operation).ReserveN(now, 1).DelayFrom(now); delay > 0 {
		return c.options.Clock.Sleep(ctx, delay)
	}
	return nil
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
	case api.Retry != "":
		return api.Retry == "true"
	case api.RetryAfter > maxRetryAfter:
		return false
	}
	return api.Status == http.StatusTooManyRequests || api.Status == http.StatusConflict || api.Status >= http.StatusInternalServerError
}

// backoff is what the server asked for, else a random time that doubles its bound each attempt.
func (c *client) backoff(err error, attempt int) time.Duration {
	bound := min(maxBackoff, firstBackoff<<attempt)
	jitter := time.Duration(c.options.Random() * float64(bound))
	var api *APIError
	if errors.As(err, &api) && api.RetryAfter > 0 {
		return api.RetryAfter + jitter
	}
	return jitter
}

// unreachable marks failures that say nothing of the request itself.
func unreachable(err error) error {
	var network *networkError
	var api *APIError
	if errors.As(err, &network) || errors.As(err, &api) && api.Status >= http.StatusInternalServerError {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return err
}

// Problems of requests without an answer.
const (
	problemRefused = "connection refused"
	problemTLS     = "the server's certificate is not trusted"
	problemTimeout = "timeout"
	problemCut     = "the answer was cut off"
	problemOther   = "connection failed or the answer was not JSON"
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
