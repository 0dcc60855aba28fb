package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"fcpipe/sync/simulator"
)

// dayPath makes a day pass, with a refresh of every account at its end; warmPath has every page rendered.
const (
	dayPath  = "/bench/day"
	warmPath = "/bench/warm"
)

// serve is the simulated server: its argument is the world in JSON. It prints its address and ends with its input, so
// that it never outlives the bench. Its clock moves only when it is told to.
func serve(ctx context.Context, arguments []string, in io.Reader, out io.Writer) error {
	var config simulator.Config
	if err := json.Unmarshal([]byte(strings.Join(arguments, " ")), &config); err != nil {
		return err
	}
	debug.SetGCPercent(25) // a large world stays as it is; memory is for what is measured
	w := simulatedWorld{simulator.New(config), config}
	w.server.Advance(time.Hour) // the refreshes of linking are over
	if err := w.warm(ctx); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "http://%s\n", listener.Addr())
	web := &http.Server{Handler: w, ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = web.Close()
	}()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// simulatedWorld is a simulator that can be told to let a day pass.
type simulatedWorld struct {
	server *simulator.Server
	config simulator.Config
}

func (w simulatedWorld) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	var err error
	switch r.URL.Path {
	case dayPath:
		err = w.day(r.Context())
	case warmPath:
		err = w.warm(r.Context())
	default:
		w.server.ServeHTTP(out, r)
		return
	}
	if err != nil {
		http.Error(out, err.Error(), http.StatusInternalServerError)
	}
}

// day lets 24 hours pass, after which every account was refreshed, as banks and subscriptions do: rows of that day are
// new, pending ones of the days before have posted.
func (w simulatedWorld) day(ctx context.Context) error {
	w.server.Advance(24 * time.Hour)
	for _, id := range w.server.Accounts() {
		path := "/v1/financial_connections/accounts/" + id + "/refresh"
		if err := w.ask(ctx, http.MethodPost, path, url.Values{"features[]": {"transactions"}}); err != nil {
			return err
		}
	}
	w.server.Advance(time.Minute)
	return w.warm(ctx)
}

// warm has the rows of every account drawn and rendered, so that what is measured does not wait for it; a world that
// keeps few accounts in memory draws them again anyway.
func (w simulatedWorld) warm(ctx context.Context) error {
	if w.config.KeepDrawn > 0 {
		return nil
	}
	for _, id := range w.server.Accounts() {
		path := "/v1/financial_connections/transactions?limit=1&account=" + id
		if err := w.ask(ctx, http.MethodGet, path, nil); err != nil {
			return err
		}
	}
	return nil
}

// ask sends a request to the simulator without a network.
func (w simulatedWorld) ask(ctx context.Context, method, path string, form url.Values) error {
	request, err := http.NewRequestWithContext(ctx, method, "http://simulator"+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer sk_test_bench")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := w.server.Transport().RoundTrip(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}
