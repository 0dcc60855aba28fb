package stripe

import (
	"context"
	"net/http"
	"time"
)

// Clock is the time a client lives in. Sleep returns early, with the cause, when ctx ends.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// Options configure a Client.
type Options struct {
	Key     Secret
	Account string // acct_… of a Connect account that is read with the key; "" is the key's own
	APIBase string // https://api.stripe.com, or a server on loopback: a live key goes to Stripe alone
	// Transport is what requests go through, instead of the network; nil is the network. With one, a test key
	// may be sent to any address.
	Transport http.RoundTripper
	// IsJSON reports whether the body of an answer is JSON. One that is not counts as no answer, and may be asked for
	// again. nil is json.Valid.
	IsJSON func(body []byte) bool
	// ServerTimeIsClock says that the clock is right however far it is from the server's Date header: a server on
	// loopback, or the simulator.
	ServerTimeIsClock bool
	RequestsPerSecond float64 // of each operation; four times as many of all together; 0 is no limit
	Concurrency       int     // requests in flight at most; less than 1 is 1
	Clock             Clock
	Random            func() float64 // in [0, 1), for jitter
	// Version is the Stripe-Version of requests about Financial Connections that name none; "" is the one this program
	// was written for.
	Version string
	// BeforeSend is called before every attempt. An error ends the request and is returned as it is. nil allows all.
	BeforeSend func(ctx context.Context, operation string) error
}
