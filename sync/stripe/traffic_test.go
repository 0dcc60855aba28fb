package stripe

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fcpipe/sync/simulator"
)

// traffic is many workers reading from a simulator that limits its rate.
type traffic struct {
	server *simulator.Server
	client *Client
	calls  atomic.Int64
	good   atomic.Int64
}

func newTraffic(t *testing.T, perSecond float64, transport func(http.RoundTripper) http.RoundTripper) *traffic {
	t.Helper()
	x := &traffic{server: simulator.New(simulator.Config{Accounts: 1, HistoryDays: 2, Calm: true, Linked: true})}
	x.server.RunOn(time.Now)
	wire := x.server.Transport()
	if transport != nil {
		wire = transport(wire)
	}
	var err error
	x.client, err = New(Options{
		Key: "sk_test_rate", APIBase: "http://simulator",
		Transport: tripper(func(r *http.Request) (*http.Response, error) {
			time.Sleep(20 * time.Millisecond)
			return wire.RoundTrip(r)
		}), RequestsPerSecond: perSecond, Concurrency: 8, Clock: bubbleClock{}, Random: func() float64 { return 0.5 },
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// run lets workers read as fast as they may, until the steps are over.
func (x *traffic) run(ctx context.Context, steps ...step) {
	ctx, stop := context.WithCancel(ctx)
	var workers sync.WaitGroup
	x.server.LimitRate(steps[0].perSecond)
	for range 8 {
		workers.Go(func() {
			for ctx.Err() == nil {
				x.calls.Add(1)
				if _, err := x.client.Get(ctx, "list accounts", Path("accounts"), nil); err == nil {
					x.good.Add(1)
				} else if errors.Is(err, ErrOutage) {
					return
				}
			}
		})
	}
	for _, s := range steps {
		x.server.LimitRate(s.perSecond)
		time.Sleep(s.lasts)
	}
	stop()
	workers.Wait()
}

type step struct {
	perSecond int
	lasts     time.Duration
}

// report says what part of what was possible came through, and what part of the answers was a 429.
func (x *traffic) report(t *testing.T, steps ...step) (goodput, refused float64) {
	possible := 0.0
	for _, s := range steps {
		possible += float64(s.perSecond) * s.lasts.Seconds()
	}
	statuses := x.server.Meter().Statuses
	goodput = float64(x.good.Load()) / possible
	refused = float64(statuses[429]) / float64(statuses[200]+statuses[429])
	requests := statuses[200] + statuses[429]
	t.Logf("goodput %.1f %% of the cap, %.2f %% of answers 429, %d requests", 100*goodput, 100*refused, requests)
	return goodput, refused
}
