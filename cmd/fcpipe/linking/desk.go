package linking

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"fcpipe/cmd/fcpipe/config"
	"fcpipe/sync/collect"
	"fcpipe/sync/stripe"
)

// Desk is where accounts are linked, one holder after another.
type Desk struct {
	Config     config.Config
	Client     *stripe.Client // of the Stripe account that data is shared with
	Collector  *collect.Collector
	Browser    Client
	Livemode   bool
	Clock      stripe.Clock // holders and browsers live in this machine's time, also beside a simulator
	Afterwards Afterwards
	Out        io.Writer                        // for sessions that are printed
	Addresses  io.Writer                        // for those of pages
	Say        func(format string, args ...any) // to a person who watches
	Warn       func(format string, args ...any) // always
}

// ErrConfiguration is returned when the configuration lacks what linking needs.
var ErrConfiguration = errors.New("the configuration lacks what linking needs")

// Visit is who links what.
type Visit struct {
	Holder collect.Holder
	Terms  collect.Terms
	Notice collect.Notice
}

// Begin finds the holder, decides what is asked for, and says both. A holder is made only where everything else is in
// order.
func (d Desk) Begin(ctx context.Context, c Choice, w Wanted) (v Visit, err error) {
	if err := d.CheckTexts(); err != nil {
		return v, err
	}
	if _, err := Terms(d.Config, w, d.mayBuy()); err != nil {
		return v, err
	}
	found, err := c.Find(ctx, d.Collector)
	if err != nil {
		return v, err
	}
	v.Holder = found.Holder
	d.Say("fcpipe: %s", found.Sentence())
	if len(w.Added) > 0 {
		accounts, err := d.Collector.Shared(ctx, v.Holder)
		if err != nil {
			return v, err
		}
		w.Shared = collect.PermissionsOf(accounts)
	}
	if v.Terms, err = Terms(d.Config, w, d.mayBuy()); err != nil {
		return v, err
	}
	v.Notice, err = Notice(d.Config, d.Livemode, v.Terms.Permissions, w.Shared)
	d.warnOfHolders(v.Holder)
	d.sayTerms(v.Terms)
	return v, err
}

// mayBuy reports whether rounds may buy refreshes: with a live key only once a budget is set.
func (d Desk) mayBuy() bool { return !d.Livemode || d.Config.Budget.MaxPerMonth != nil }

// CheckTexts wants the operator's words for real people, and a preview version for what needs one. Its errors wrap
// ErrConfiguration.
func (d Desk) CheckTexts() error {
	if _, err := Notice(d.Config, d.Livemode, nil, nil); err != nil {
		return fmt.Errorf("%w: %w", ErrConfiguration, err)
	}
	if d.Config.Collect.StripeConsent && d.Config.Stripe.PreviewVersion == "" {
		return fmt.Errorf("%w: collect.stripe_consent needs stripe.preview_version", ErrConfiguration)
	}
	return nil
}

// CheckPreview wants a preview version; the error is collect.ErrNeedsPreview.
func (d Desk) CheckPreview() error {
	if d.Config.Stripe.PreviewVersion == "" {
		return collect.ErrNeedsPreview
	}
	return nil
}

// warnOfHolders says that rounds will not read a holder.
func (d Desk) warnOfHolders(h collect.Holder) {
	if holders := d.Config.Sync.Holders; len(holders) > 0 && !slices.Contains(holders, h.String()) {
		d.Warn("sync.holders does not name %s: rounds do not read it until it does", h)
	}
}

// sayTerms says what is asked for, and what each permission lets us see.
func (d Desk) sayTerms(t collect.Terms) {
	d.Say("fcpipe: asks for %s", strings.Join(t.Permissions, ", "))
	for _, name := range t.Permissions {
		p, _ := collect.FindPermission(name)
		unused := ""
		if !slices.Contains(d.Config.Used(), name) {
			unused = "; nothing in the configuration reads it"
		}
		d.Say("  %-14s  %s%s", name, p.Sees, unused)
	}
}
