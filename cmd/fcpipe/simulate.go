package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/round"
	"fcpipe/sync/simulator"
)

type simulateOptions struct {
	listen string
	state  string
	faults string
	world  simulator.Config
}

func (a *app) simulateCommand() *cobra.Command {
	var o simulateOptions
	c := &cobra.Command{
		Use: "simulate", Short: "serve a simulated Financial Connections API on loopback", Args: noArguments,
		Long: `Serves the built-in simulator until it is interrupted:

  /v1, /v2    Stripe's paths, for any key that begins with sk_test_ or rk_test_
  /stripe.js  for browsers: a stand-in for Stripe.js, with a dialogue in which banks are linked
  /hosted     pages of hosted sessions, with the same dialogue
  /_sim       its own: clock, truth, meter, faults; account, session and link are what holders do

With --state the world is loaded from the file if it exists, and saved to it at once, every minute, on
SIGHUP and at the end; its clock runs in real time. Stopped by SIGINT or SIGTERM it exits with 0.
See sync/simulator/README.md.`,
		Example: "  fcpipe simulate --listen 127.0.0.1:12111\n  fcpipe simulate --state demo/simulator.state\n  " +
			"fcpipe simulate --linked --faults bad-night.json",
		RunE: func(c *cobra.Command, _ []string) error { return a.simulate(c.Context(), o) },
	}
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:12111", "loopback address and port; port 0 picks a free one")
	a.pathVar(c, &o.state, "state", "file that keeps the world between runs")
	a.pathVar(c, &o.faults, "faults", "fault script in JSON to begin with; POST /_sim/faults adds more")
	c.Flags().Uint64Var(&o.world.Seed, "seed", 0, "another seed makes another world")
	c.Flags().IntVar(&o.world.Holders, "holders", 40, "people")
	c.Flags().IntVar(&o.world.Accounts, "accounts", 90, "accounts of these people")
	c.Flags().IntVar(&o.world.RowsPerAccount, "rows", 0,
		"approximate transactions per account; 0 is a realistic number")
	c.Flags().StringVar(&o.world.Styles, "styles", "",
		`default or evaluation: texts as US banks print them, with what each row truly is in /_sim/truth`)
	c.Flags().BoolVar(&o.world.Linked, "linked", false, "accounts were refreshed when they were linked")
	c.Flags().BoolVar(&o.world.Calm, "calm", false, "nothing fails, every account shares everything")
	c.Flags().IntVar(&o.world.LabelHours, "label-hours", 0,
		"hours until rows have labels of Stripe's, for preview versions; 0 is never")
	c.Flags().IntVar(&o.world.RequestsPerSecond, "requests-per-second", 0, "answer 429 above this rate; 0 is no limit")
	return c
}

func (a *app) simulate(ctx context.Context, o simulateOptions) error {
	host, _, err := net.SplitHostPort(o.listen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usageError{fmt.Errorf("--listen %q is not on loopback; write 127.0.0.1:12111", o.listen)}
	}
	if o.world.Holders < 1 || o.world.Accounts < 1 || o.world.RowsPerAccount < 0 || o.world.RequestsPerSecond < 0 {
		return usageError{errors.New("--holders and --accounts are at least 1, --rows and --requests-per-second at " +
			"least 0")}
	}
	if err := o.world.Validate(); err != nil {
		return usageError{fmt.Errorf("--styles: %w", err)}
	}
	server, err := a.openWorld(o)
	if err != nil {
		return err
	}
	if err := armScript(server, o.faults); err != nil {
		return err
	}
	server.RunOn(a.now)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return err
	}
	if err := o.save(server); err != nil { // a file that cannot be written is said before a world has grown
		return errors.Join(err, listener.Close())
	}
	hangups := a.hangups.take() // before it is said that there is a process to send them to
	fmt.Fprintf(a.stdout, "http://%s\n", listener.Addr())
	a.say("fcpipe: simulating %s; its time is %s; stop with Ctrl-C\n  stripe: {api_base: \"http://%s\"} and "+
		"STRIPE_API_KEY=sk_test_simulator",
		round.Count(int64(len(server.Accounts())), "account"), server.Now().UTC().Format(time.RFC3339), listener.Addr())
	return errors.Join(a.serve(ctx, o, server, listener, hangups), o.save(server))
}

// serve answers until ctx ends. What clients did is saved on the way, and at a hangup.
func (a *app) serve(
	ctx context.Context, o simulateOptions, server *simulator.Server, listener net.Listener, hangups <-chan struct{},
) error {
	web := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		select {
		case err := <-served:
			return err
		case <-minute.C:
			a.tellSaved(o.save(server))
		case <-hangups:
			a.tellHangup(o, o.save(server))
		case <-ctx.Done():
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if web.Shutdown(stopping) != nil { // an answer that a fault withholds
				return web.Close()
			}
			return nil
		}
	}
}

// save keeps the world where --state says.
func (o simulateOptions) save(server *simulator.Server) error {
	if o.state == "" {
		return nil
	}
	return unsaved(server.Save(o.state), o.state)
}

// unsaved says that a world is not in its file.
func unsaved(err error, path string) error {
	if err != nil {
		err = unsavedError{fmt.Errorf("the simulated world is not saved to %s: %w", path, err)}
	}
	return err
}

// tellSaved says that a world could not be saved: it goes on, and the next try may succeed.
func (a *app) tellSaved(err error) {
	if err != nil {
		fmt.Fprintf(a.stderr, "fcpipe: %v\n", err)
	}
}

// tellHangup says what a SIGHUP did: there is no configuration to read again.
func (a *app) tellHangup(o simulateOptions, err error) {
	switch {
	case err != nil:
		a.tellSaved(err)
	case o.state == "":
		fmt.Fprintln(a.stderr, "fcpipe: SIGHUP: nothing is saved without --state; going on")
	default:
		fmt.Fprintf(a.stderr, "fcpipe: SIGHUP: saved to %s; going on\n", o.state)
	}
}

// armScript arms the faults of a file; without a path it arms nothing.
func armScript(server *simulator.Server, path string) error {
	if path == "" {
		return nil
	}
	script, err := os.ReadFile(path)
	if err != nil {
		return configError{fmt.Errorf("--faults: %w", err)}
	}
	faults, err := simulator.ParseFaults(script)
	if err == nil {
		err = server.AddFaults(faults)
	}
	if err != nil {
		return hint(configError{fmt.Errorf("--faults %s: %w", path, err)},
			"sync/simulator/README.md lists conditions and actions")
	}
	return nil
}

// openWorld loads the world of --state, or makes a new one.
func (a *app) openWorld(o simulateOptions) (*simulator.Server, error) {
	if o.state == "" {
		return simulator.New(o.world), nil
	}
	server, err := simulator.Load(o.state)
	if errors.Is(err, fs.ErrNotExist) {
		return simulator.New(o.world), nil
	}
	if err != nil {
		return nil, configError{err}
	}
	return server, nil
}
