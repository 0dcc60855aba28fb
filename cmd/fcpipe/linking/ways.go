package linking

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"fcpipe/sync/collect"
)

// Page serves the page of a visit on a listener of loopback until it is over, and closes it.
func (d Desk) Page(ctx context.Context, v Visit, listener net.Listener) (collect.Outcome, error) {
	flow, link, server, err := d.newPage(ctx, v, listener.Addr().String())
	if err != nil {
		return collect.Outcome{}, errors.Join(err, listener.Close())
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintf(d.Addresses, "http://%s%s\n", listener.Addr(), link)
	d.Say("fcpipe: open it within %s, in one browser; stop with Ctrl-C", shortDuration(collect.LinkWithin))
	outcome, err := flow.Run(ctx)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if server.Shutdown(stopping) != nil {
		_ = server.Close()
	}
	if failed := <-served; !errors.Is(failed, http.ErrServerClosed) {
		err = errors.Join(err, failed)
	}
	return outcome, err
}

// shortDuration is a duration without units that are zero.
func shortDuration(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}

// newPage opens the first session, so that what Stripe refuses is said here, and makes the page.
func (d Desk) newPage(
	ctx context.Context, v Visit, address string,
) (flow *collect.Flow, link string, server *http.Server, err error) {
	options := collect.FlowOptions{
		Collector: d.Collector, Holder: v.Holder, Terms: v.Terms, Notice: v.Notice,
		PublishableKey: d.Browser.PublishableKey, Clock: d.Clock, Now: d.Client.Now, Afterwards: d.Afterwards,
		Tell: func(text string) { d.Say("fcpipe: %s", text) },
	}
	if d.Config.Collect.StripeConsent {
		issued, err := d.Collector.CreateConsent(ctx, v.Holder)
		if err != nil {
			return nil, "", nil, err
		}
		options.StripeConsent = &issued
	}
	flow = collect.NewFlow(options)
	if err := flow.Prepare(ctx); err != nil {
		return nil, "", nil, err
	}
	page, link, err := collect.NewPage(collect.PageOptions{
		Address: address, StripeJS: d.Browser.StripeJS, APIBase: d.Browser.APIBase, Flow: flow,
	})
	server = &http.Server{
		Handler: page, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10,
	}
	return flow, link, server, err
}

// Print prints a session as Stripe sent it, with its client secret: to the one who asked, on stdout.
func (d Desk) Print(ctx context.Context, v Visit) error {
	session, err := d.Collector.Create(ctx, v.Holder, v.Terms)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := json.Indent(&text, session.Raw, "", "  "); err != nil {
		return err
	}
	fmt.Fprintln(d.Out, strings.TrimSpace(text.String()))
	d.Say("fcpipe: its client_secret is for the holder's client alone; afterwards: fcpipe collect --session %s",
		session.ID)
	return nil
}

// Hosted prints the address of a page of Stripe's, and waits for its end where that is wanted. Without waiting nothing
// is linked yet.
func (d Desk) Hosted(ctx context.Context, v Visit, wait bool) (collect.Outcome, error) {
	session, err := d.Collector.CreateHosted(ctx, v.Holder, v.Terms, v.Terms.ReturnURL)
	if err != nil {
		return collect.Outcome{}, err
	}
	return d.await(ctx, session, wait)
}

// Relink prints the address of a page on which a holder repairs the connection of an account.
func (d Desk) Relink(ctx context.Context, account string, w Wanted, wait bool) (collect.Outcome, error) {
	if err := d.CheckTexts(); err != nil {
		return collect.Outcome{}, err
	}
	terms, err := Terms(d.Config, w, d.mayBuy())
	if err != nil {
		return collect.Outcome{}, err
	}
	session, err := d.Collector.Relink(ctx, account, terms, w.ReturnURL)
	if err != nil {
		return collect.Outcome{}, err
	}
	return d.await(ctx, session, wait)
}

// await prints where a hosted session is, and waits for its end where that is wanted.
func (d Desk) await(ctx context.Context, s collect.Session, wait bool) (collect.Outcome, error) {
	fmt.Fprintln(d.Addresses, s.URL)
	if !wait {
		d.Warn("send it to the holder; afterwards: fcpipe collect --session %s", s.ID)
		return collect.Outcome{Session: s.ID, URL: s.URL}, nil
	}
	d.Warn("send it to the holder; waiting until they have finished, stop with Ctrl-C\n"+
		"  afterwards would be: fcpipe collect --session %s", s.ID)
	if _, err := d.Collector.AwaitHosted(ctx, d.Clock, s.ID); err != nil {
		return collect.Outcome{}, err
	}
	return d.Finish(ctx, s.ID, collect.Evidence{})
}

// endingOf is how a session ended in which nothing was linked, as far as Stripe says it.
func endingOf(s collect.Session) string {
	switch s.Status {
	case "cancelled":
		return ": its holder cancelled it"
	case "failed":
		return ": it failed"
	}
	return " so far"
}

// Finish records what a session ended with, with the evidence of what its holder was shown, and reads its accounts. No
// evidence is that it is not known here. collect.ErrNothingLinked means that it has not ended, or without accounts.
func (d Desk) Finish(ctx context.Context, id string, shown collect.Evidence) (collect.Outcome, error) {
	session, err := d.Collector.Retrieve(ctx, id)
	if err != nil {
		return collect.Outcome{}, err
	}
	accounts, err := d.Collector.Linked(ctx, id)
	switch {
	case err != nil:
		return collect.Outcome{}, err
	case len(accounts) == 0:
		return collect.Outcome{}, fmt.Errorf("%w in %s%s", collect.ErrNothingLinked, id, endingOf(session))
	}
	consents := d.Collector.Consents(session, accounts, shown, d.Client.Now())
	if err := d.Afterwards.Record(ctx, consents); err != nil {
		return collect.Outcome{}, err
	}
	d.warnOfHolders(session.Holder)
	first, err := d.Afterwards.FirstRound(ctx, session.Holder, collect.IDsOf(accounts), func(text string) {
		d.Say("fcpipe: %s", text)
	})
	if now, failed := d.Collector.Linked(ctx, id); failed == nil {
		accounts = now
	}
	return collect.Outcome{Session: id, Accounts: accounts, Round: first}, err
}
