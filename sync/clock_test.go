package sync

import (
	"context"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
)

// noon is when tests without a server of their own take place.
var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

// stillClock stands still; sleeping returns at once.
type stillClock struct{}

func (stillClock) Now() time.Time { return noon }

func (stillClock) Sleep(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }

// offBy gives a world's rounds a clock that is off, and no server that excuses it.
func (w *world) offBy(by time.Duration) {
	change := w.change
	w.ahead = by
	w.change = func(o *Options) {
		if change != nil {
			change(o)
		}
		o.Stripe.ServerTimeIsClock, o.Stripe.Clock = false, steppedClock{virtualClock{w.server}, w.ahead}
	}
}

// lastBalance is when the last balance that was paid for was asked for.
func (w *world) lastBalance() (at time.Time) {
	for _, charge := range w.server.Meter().Charges {
		if charged := time.Unix(charge.At, 0); charge.Kind == plan.FeatureBalance && charged.After(at) {
			at = charged
		}
	}
	return at
}

// TestPurchasesFollowTheServersTime: a clock that is off, and not by so much that nothing is
// bought, neither asks before a refresh is available nor later than it is.
func TestPurchasesFollowTheServersTime(t *testing.T) {
	for name, by := range map[string]time.Duration{"fast": 4 * time.Minute, "slow": -4 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			w := unansweredWorld(t)
			free := w.change
			w.change = func(o *Options) {
				free(o)
				o.Policy.Balance.Every = time.Hour // as soon as it is available
			}
			w.offBy(by)
			_, _, err := w.round()
			w.must(err)
			asked := w.lastBalance()
			keys := w.posts("/refresh")
			for want, after := range []time.Duration{57 * time.Minute, 61 * time.Minute} {
				w.server.Advance(asked.Add(after).Sub(w.server.Now()))
				_, _, err := w.round()
				w.must(err)
				if len(*keys) != want {
					t.Errorf("after %v: %d purchases, want %d", after, len(*keys), want)
				}
			}
		})
	}
}

// TestLostAnswerIsAdoptedByAClockThatIsOff: the account shows the server's instant of what we
// bought, and our own time is ahead of it.
func TestLostAnswerIsAdoptedByAClockThatIsOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{Seed: 4, Accounts: 2, Holders: 2, HistoryDays: 5, Linked: true, Calm: true})
	w.change = func(o *Options) { o.Policy.Transactions.Mode = plan.ModeOff }
	w.offBy(2 * time.Minute)
	w.server.Advance(25 * time.Hour)
	w.server.AddFault(answersLost())
	_, _, err := w.round()
	w.must(err)
	w.server.ClearFaults()
	w.server.Advance(24 * time.Hour)
	_, _, err = w.round()
	w.must(err)
	if charged := w.charges(plan.FeatureBalance); w.counted() != charged || charged != 4 {
		t.Errorf("%d balances counted, the server charged %d, want 4", w.counted(), charged)
	}
}
