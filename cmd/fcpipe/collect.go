package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/linking"
	"fcpipe/cmd/fcpipe/round"
	"fcpipe/schema/journal"
	"fcpipe/schema/store"
	"fcpipe/sync/collect"
	"fcpipe/sync/stripe"
)

func (a *app) collectCommand() *cobra.Command {
	var o linking.Options
	c := &cobra.Command{
		Use: "collect", Short: "link accounts: a page on which a holder connects their bank", Args: noArguments,
		Long: `Opens a Financial Connections session for a holder and serves one page on this machine, on which they
connect their bank. The link opens in one browser, within 15 minutes. What they agreed to is in the
journal at once; then the first round of these accounts runs.

Who (one of):
  --email             the customer with this e-mail, made where there is none; with --accounts-v2 an
                      account of Accounts v2, configured as customer
  --customer          cus_…
  --customer-account  acct_… of Accounts v2, configured as customer
  --account           acct_… of Connect
  --holder            any of these, as "fcpipe status" prints them

What: the permissions whose data the configuration reads. --permission asks for others instead, --add for
one more than is shared already.

How: the page; or --print, a session for another front end, with its client secret; or --hosted, a page of
Stripe's (preview). --session records what such a session ended with. For an application of your own:
"fcpipe collect serve", and sync/collect/README.md.`,
		Example: "  fcpipe collect --email jo@example.com --name \"Jo Doe\"\n" +
			"  fcpipe collect --holder cus_123 --add ownership\n  fcpipe collect --customer cus_123 --print",
		RunE: func(c *cobra.Command, _ []string) error { return a.collect(c.Context(), o) },
	}
	o.AddFlags(c)
	c.AddCommand(a.collectServeCommand())
	return a.jsonFlag(c)
}

// collect links accounts of one holder.
func (a *app) collect(ctx context.Context, o linking.Options) (err error) {
	if err := o.Check(); err != nil {
		return usageError{err}
	}
	l, err := a.openLinking(ctx, o.StripeAccount)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(hintLinking(err), l.close(ctx)) }()
	l.desk.Afterwards.SkipRound = o.NoRound
	outcome, err := l.linkBy(ctx, o)
	return errors.Join(a.showLinked(outcome), err)
}

// linkBy links in the way that was chosen.
func (l *link) linkBy(ctx context.Context, o linking.Options) (collect.Outcome, error) {
	switch {
	case o.Session != "":
		return l.finish(ctx, o.Session)
	case o.Relink != "":
		return l.desk.Relink(ctx, o.Relink, o.Wanted, o.Wait)
	}
	if !o.Print && !o.Hosted {
		return l.page(ctx, o)
	}
	if o.Hosted {
		if err := l.desk.CheckPreview(); err != nil { // before a holder is made
			return collect.Outcome{}, err
		}
	}
	visit, err := l.desk.Begin(ctx, o.Holder, o.Wanted)
	switch {
	case err != nil:
		return collect.Outcome{}, err
	case o.Print:
		return collect.Outcome{}, l.desk.Print(ctx, visit)
	}
	return l.desk.Hosted(ctx, visit, o.Wait)
}

// finish records what a session ended with; one that is not over is no failure to link.
func (l *link) finish(ctx context.Context, session string) (collect.Outcome, error) {
	outcome, err := l.desk.Finish(ctx, session, collect.Evidence{})
	if errors.Is(err, collect.ErrNothingLinked) {
		err = hint(err, "the holder has not finished, or shared nothing; if they still can, run it again later")
	}
	return outcome, err
}

// page serves the page. Its port is taken before a holder is made.
func (l *link) page(ctx context.Context, o linking.Options) (collect.Outcome, error) {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port))
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return collect.Outcome{}, hint(err, "is another program there? --port chooses another port, 0 a free one")
	}
	defer func() { _ = listener.Close() }()
	visit, err := l.desk.Begin(ctx, o.Holder, o.Wanted)
	if err != nil {
		return collect.Outcome{}, err
	}
	return l.desk.Page(ctx, visit, listener)
}

// show prints what was linked, and what the first round brought.
func (a *app) showLinked(o collect.Outcome) error {
	if a.json && o.Session != "" {
		return a.printJSON(linking.JSON(o))
	}
	if len(o.Accounts) == 0 {
		return nil
	}
	fmt.Fprintf(a.stdout, "linked in %s:\n", o.Session)
	t := newTable("account", "bank", "shares", "balance", "transactions")
	for _, a := range o.Accounts {
		held := "not yet read"
		if n, isRead := o.Round.Transactions[a.AccountID]; isRead {
			held = round.Thousands(n)
		}
		t.add(a.AccountID, a.Name(), strings.Join(a.Permissions, ", "), linking.Balances(a), held)
	}
	t.print(a.stdout)
	if o.Round.Summary != "" {
		a.say("fcpipe: first round: %s", o.Round.Summary)
	}
	return nil
}

// link is a pipeline that accounts are linked for.
type link struct {
	app      *app
	pipeline *pipeline
	desk     linking.Desk
	served   *http.Server // of a simulator in this process, which a browser reaches; may be nil
}

// openLinking wires what links accounts in a browser. Nothing is made before anything is linked, the data directory
// neither.
func (a *app) openLinking(ctx context.Context, stripeAccount string) (*link, error) {
	l, err := a.openDesk(ctx, stripeAccount)
	if err != nil {
		return nil, err
	}
	address, err := l.serveSimulator(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.know(address); err != nil {
		return nil, errors.Join(err, l.close(ctx))
	}
	return l, nil
}

// openDesk wires what links accounts, without a browser.
func (a *app) openDesk(ctx context.Context, stripeAccount string) (*link, error) {
	p, err := a.wire(ctx, store.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	if stripeAccount != "" && !slices.Contains(p.config.Stripe.Accounts, stripeAccount) {
		return nil, usageError{fmt.Errorf("--stripe-account %s: rounds do not read it; add it to stripe.accounts",
			stripeAccount)}
	}
	l := &link{app: a, pipeline: p}
	a.world = p.simulator // the first round meets the world in which accounts were linked
	options, err := p.syncOptions()
	if err != nil {
		return nil, err
	}
	options.Stripe.Account = stripeAccount
	if err := l.checkMode(ctx, options.Stripe.Key.Livemode()); err != nil {
		return nil, err
	}
	return l, l.open(options.Stripe)
}

// checkMode refuses a key of another mode than the data, before anybody links.
func (l *link) checkMode(ctx context.Context, livemode bool) error {
	state, err := l.pipeline.store.State(ctx)
	switch {
	case err != nil:
		return hintGone(err)
	case state.Livemode != nil && *state.Livemode != livemode:
		return configError{errors.New("the key is of another mode than the data: live and test data do not mix")}
	}
	return nil
}

func (l *link) open(options stripe.Options) error {
	client, err := stripe.New(options)
	if err != nil {
		return configError{err}
	}
	cfg, clock := l.pipeline.config, systemClock{l.app.now, l.app.hooks.Sleepless}
	l.desk = linking.Desk{
		Config: cfg, Client: client, Livemode: options.Key.Livemode(), Clock: clock, Out: l.app.stdout,
		Addresses: l.app.stdout,
		Collector: collect.New(collect.Options{
			Client: client, Livemode: options.Key.Livemode(), PreviewVersion: cfg.Stripe.PreviewVersion,
			NewKey: uuid.NewString,
		}),
		Afterwards: linking.Afterwards{
			Layout: cfg.Layout(), Settings: exportSettings(cfg), Journal: l.journal, Round: l.round, Summary: summary,
			Clock: clock, WaitLock: time.Duration(cfg.Sync.Deadline),
		},
		Say:  l.app.say,
		Warn: func(format string, args ...any) { fmt.Fprintf(l.app.stderr, "fcpipe: "+format+"\n", args...) },
	}
	if l.app.json { // the result is for programs
		l.desk.Addresses = l.app.stderr
	}
	return nil
}

// know finds what a browser needs to know; address is that of a simulator in this process, "" without one.
func (l *link) know(address string) (err error) {
	if l.desk.Browser, err = linking.NewClient(l.pipeline.config, address, l.desk.Livemode); err != nil {
		return configError{err}
	}
	return nil
}

// serveSimulator lets browsers reach a simulator that is in this process; "" where it is not in it.
func (l *link) serveSimulator(ctx context.Context) (address string, err error) {
	if l.pipeline.simulator == nil {
		return "", nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	l.served = &http.Server{Handler: l.pipeline.simulator, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = l.served.Serve(listener) }()
	return "http://" + listener.Addr().String(), nil
}

// close counts what was read, and keeps a simulated world.
func (l *link) close(ctx context.Context) error {
	if l.served != nil {
		_ = l.served.Close()
	}
	return errors.Join(l.recordReads(context.WithoutCancel(ctx)), l.pipeline.saveSimulator())
}

// recordReads counts requests against the allowance that rounds keep to, in a data directory that is there.
func (l *link) recordReads(ctx context.Context) error {
	client := l.desk.Client
	if _, err := os.Stat(l.pipeline.config.Layout().State()); client == nil || client.Reads() == 0 || err != nil {
		return nil
	}
	log, err := l.journal(ctx)
	if err != nil {
		return err
	}
	return log.RecordReads(journal.Reads{
		At: client.Now(), Count: client.Reads(), RunID: "collect", Connected: client.Account(),
	})
}

// journal is that of the data directory, which is made where it is missing.
func (l *link) journal(ctx context.Context) (*journal.Journal, error) {
	opened, err := store.Open(ctx, l.pipeline.storeOptions())
	if err != nil {
		return nil, err
	}
	return opened.Journal(), nil
}

// round is a round of one holder's accounts alone, where that can be asked for.
func (l *link) round(ctx context.Context, h collect.Holder) (round.Round, error) {
	cfg, part := l.pipeline.config, ""
	if l.desk.Client.Account() == "" { // holders of a connected account are unknown to the key's own
		cfg.Sync.Holders, part = []string{h.String()}, journal.PartLinked
	}
	p, err := l.app.wireBy(ctx, cfg, store.Options{ChecksAtLock: true})
	if err != nil {
		return round.Round{}, err
	}
	r := p.round()
	r.Part = part
	return r, nil
}

// hintLinking says what to do about why accounts could not be linked, and which exit code that is.
func hintLinking(err error) error {
	var several *collect.SeveralError
	var hinted hintedError
	switch {
	case err == nil, errors.As(err, &hinted): // said where more was known
		return err
	case errors.As(err, &several):
		return hint(usageError{err}, "--customer chooses one of them")
	case errors.Is(err, linking.ErrUnusedAddition):
		return hint(usageError{err}, `let "sync" in the configuration read it; or, instead of --add, name with `+
			"--permission all that is to be shared")
	case errors.Is(err, collect.ErrUnusedPermission):
		return hint(usageError{err},
			`--permission asks for it all the same; "sync" in the configuration says what is read`)
	case errors.Is(err, collect.ErrNoPermission):
		return usageError{err}
	case errors.Is(err, collect.ErrNoHolder), errors.Is(err, collect.ErrNoSession):
		return hint(usageError{err}, "live mode and test mode have ids of their own, and so has each Stripe account")
	case errors.Is(err, linking.ErrConfiguration):
		return configError{err}
	case errors.Is(err, collect.ErrNeedsPreview):
		return hint(configError{err}, "ask Stripe for access, then set stripe.preview_version")
	case errors.Is(err, collect.ErrNotEnabled):
		return hint(configError{err}, "register for Financial Connections, and for each permission, at "+
			"https://dashboard.stripe.com/settings/financial-connections; previews are given on request")
	case errors.Is(err, stripe.ErrKeyRefused):
		return hint(err, "linking needs a key that may write Financial Connections and Customers")
	case errors.Is(err, collect.ErrNotRecorded):
		return hint(err, `when that is mended, "fcpipe collect --session" with this session records it`)
	case errors.Is(err, collect.ErrNothingLinked):
		return hint(err, `run it again for a new link; where the holder still finishes in Stripe's window, `+
			`"fcpipe collect --session" with this session records it`)
	}
	return hintRound(err)
}
