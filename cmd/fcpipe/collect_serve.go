package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"fcpipe/cmd/fcpipe/linking"
	"fcpipe/sync/collect/service"
)

// serveOptions are the flags of collect serve.
type serveOptions struct {
	stripeAccount string
	wanted        linking.Wanted
	listen        string
	tokens        string
	noRound       bool
}

func (a *app) collectServeCommand() *cobra.Command {
	var o serveOptions
	c := &cobra.Command{
		Use: "serve", Short: "the server that an application's front end asks when it links accounts",
		Args: noArguments,
		Long: `Serves what React Native, iOS, Android and web clients ask for when a holder links accounts: a ticket
for a user (POST /v1/tickets, for servers of your own), the publishable key and a client secret (POST
/v1/sessions), what came of it (POST /v1/sessions/ID/result, GET /v1/sessions/ID), and GET /healthz. What
holders agreed to is in the journal at once; then the first round of their accounts runs.

collect.serve in the configuration says where it listens, which web pages may ask, and which file holds the
bearer tokens of your servers, one a line: SIGHUP lets it read that file again, and a file that cannot be
used leaves the old tokens in force. The configuration is read at the start alone. It speaks plain HTTP: TLS
is your proxy's. SIGTERM and SIGINT let answers and the round that runs finish, for 5 seconds; stopped so, it
exits with 0.
sync/collect/README.md shows the clients.`,
		Example: "  fcpipe collect serve --tokens serve.tokens\n  fcpipe collect serve --listen 127.0.0.1:9000",
		RunE:    func(c *cobra.Command, _ []string) error { return a.collectServe(c.Context(), o) },
	}
	c.Flags().StringVar(&o.listen, "listen", "", "address and port instead of collect.serve.listen; port 0 picks one")
	a.pathVar(c, &o.tokens, "tokens", "file of bearer tokens instead of collect.serve.tokens")
	c.Flags().BoolVar(&o.noRound, "no-round", false, "read no data; ordinary rounds do")
	o.wanted.AddFlags(c)
	linking.AddStripeAccount(c, &o.stripeAccount)
	return c
}

func (a *app) collectServe(ctx context.Context, o serveOptions) (err error) {
	a.verbose = true // a service's log, not cron's mail
	l, err := a.openLinking(ctx, o.stripeAccount)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(hintLinking(err), l.close(ctx)) }()
	l.desk.Afterwards.SkipRound = o.noRound
	tokens, err := a.readTokens(l, o)
	if err != nil {
		return err
	}
	served, err := l.desk.Service(o.wanted, tokens)
	if err != nil {
		return err
	}
	hangups := a.hangups.take() // before it is said that there is a process to send them to
	listener, err := listenFor(ctx, o.listen, l.desk.Config.Collect.Serve.Listen)
	if err != nil {
		return err
	}
	a.tellListening(listener.Addr())
	rereading, stop := context.WithCancel(ctx)
	var reader sync.WaitGroup // has said what became of the tokens before the command ends
	reader.Go(func() {
		a.rereadTokens(rereading, served, hangups, func() (service.Tokens, error) { return a.readTokens(l, o) })
	})
	defer func() { stop(); reader.Wait() }()
	return serveUntil(ctx, served, service.Limit(listener, service.DefaultLimits.Connections))
}

// rereadTokens takes the tokens as they are now whenever it is told to, or says why not and leaves the old ones.
func (a *app) rereadTokens(
	ctx context.Context, served *service.Service, hangups <-chan struct{}, read func() (service.Tokens, error),
) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
		}
		tokens, err := read()
		if err != nil {
			a.log.Error("new tokens refused, the old ones stay in force", "error", err.Error())
			continue
		}
		served.SetTokens(tokens)
		a.log.Info("tokens read again")
	}
}

// listenFor listens where the flag says, or else the configuration.
func listenFor(ctx context.Context, flag, configured string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cmp.Or(flag, configured))
	var refused syscall.Errno // taken, or no address of this machine
	switch {
	case err == nil:
		return listener, nil
	case errors.As(err, &refused):
		return nil, hint(err, "is another program there? --listen chooses another address")
	case flag != "":
		return nil, usageError{fmt.Errorf("--listen %s is no address and port such as 127.0.0.1:8787: %w", flag, err)}
	}
	return nil, configError{fmt.Errorf("collect.serve.listen: %w", err)}
}

// readTokens reads the file of tokens, which is as secret as the key.
func (a *app) readTokens(l *link, o serveOptions) (service.Tokens, error) {
	path := l.desk.Config.TokensFile()
	if o.tokens != "" {
		path = o.tokens
	}
	if path == "" {
		return service.Tokens{}, hint(configError{errors.New("collect.serve.tokens is not set")},
			"write tokens of your servers into a file of mode 0600, one a line: openssl rand -base64 33")
	}
	text, err := a.readSecretFile("tokens file", path)
	if err != nil {
		return service.Tokens{}, configError{err}
	}
	tokens, err := service.ParseTokens(text)
	if err != nil {
		err = configError{fmt.Errorf("%s: %w", path, err)}
	}
	return tokens, err
}

// tellListening says where, and warns of an address that others reach without TLS.
func (a *app) tellListening(address net.Addr) {
	fmt.Fprintf(a.stdout, "http://%s\n", address)
	if tcp, is := address.(*net.TCPAddr); is && !tcp.IP.IsLoopback() {
		fmt.Fprintf(a.stderr, "fcpipe: %s is open to other machines without TLS: only a proxy may reach it\n", address)
	}
}

// serveUntil answers until ctx ends, and lets what is under way finish for a moment.
func serveUntil(ctx context.Context, s *service.Service, listener net.Listener) error {
	rounds, abandon := context.WithCancelCause(context.WithoutCancel(ctx))
	defer abandon(nil)
	var working sync.WaitGroup
	working.Go(func() { s.Work(ctx, rounds) })
	web := &http.Server{
		Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 2 * time.Minute,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	served := make(chan error, 1)
	go func() { served <- web.Serve(listener) }()
	select {
	case err := <-served:
		abandon(err)
		return err
	case <-ctx.Done():
	}
	grace := time.AfterFunc(stopGrace, func() { abandon(context.Cause(ctx)) })
	defer grace.Stop()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	if web.Shutdown(stopping) != nil {
		_ = web.Close()
	}
	working.Wait()
	return nil
}
