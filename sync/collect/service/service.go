package service

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"fcpipe/sync/collect"
)

// Options are a service.
type Options struct {
	Collector      *collect.Collector
	Terms          collect.Terms
	Notice         collect.Notice
	PublishableKey string
	StripeAccount  string           // connected account that clients name beside the key; "" is the key's own
	Holders        []string         // that may link, as rounds read them; empty is everybody
	Tokens         Tokens           // SetTokens replaces them
	Origins        []string         // of web pages that may ask; apps have none
	Now            func() time.Time // the server's
	Clock          func() time.Time // this machine's, for tickets and rates
	Afterwards     collect.Afterwards
	Limits         Limits
	Tell           func(string) // what the operator is told; never a secret
}

// Service answers clients. It is safe for concurrent use. Start Work beside it, for the rounds that follow.
type Service struct {
	options Options
	signer  signer
	rates   rates
	places  chan struct{} // a place for each request that is answered at the same time
	work    *work
	routes  *http.ServeMux
	tokens  atomic.Pointer[Tokens]
}

// New is a service. Tickets are signed with a key of its own: those of an earlier process are not good here.
func New(options Options) *Service {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	s := &Service{
		options: options, signer: signer{key}, places: make(chan struct{}, options.Limits.AtOnce),
		work: newWork(options), routes: http.NewServeMux(),
	}
	s.SetTokens(options.Tokens)
	s.routes.HandleFunc("POST /v1/tickets", s.as(s.createTicket))
	s.routes.HandleFunc("POST /v1/sessions", s.as(s.createSession))
	s.routes.HandleFunc("POST /v1/sessions/{id}/result", s.as(s.reportResult))
	s.routes.HandleFunc("GET /v1/sessions/{id}", s.as(s.sessionState))
	return s
}

// SetTokens lets other bearer tokens ask from now on. Tickets that were given out stay good until they end.
func (s *Service) SetTokens(tokens Tokens) { s.tokens.Store(&tokens) }

// Work runs the first rounds of what is linked, one after another, until ctx ends. It returns when the round that runs
// then has ended; rounds is the context of that.
func (s *Service) Work(ctx, rounds context.Context) { s.work.run(ctx, rounds) }

// ServeHTTP answers a client: cheap refusals first.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if r.URL.Path == "/healthz" {
		write(w, http.StatusOK, map[string]string{"status": "ok"})
		return
	}
	if !s.allowOrigin(w, r) {
		refuse(w, http.StatusForbidden, "origin_not_allowed", "This web page may not ask here: collect.serve.origins.")
		return
	}
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	default:
		h.Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, "busy", "Too many requests at once. Try again in a second.")
		return
	}
	if _, pattern := s.routes.Handler(r); pattern == "" {
		s.refuseAddress(w, r)
		return
	}
	s.routes.ServeHTTP(w, r)
}

// refuseAddress tells a wrong method from a wrong address.
func (s *Service) refuseAddress(w http.ResponseWriter, r *http.Request) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := http.Request{Method: method, Host: r.Host, URL: r.URL}
		if _, pattern := s.routes.Handler(&other); pattern != "" {
			w.Header().Set("Allow", method)
			refuse(w, http.StatusMethodNotAllowed, "wrong_method", "This address takes "+method+".")
			return
		}
	}
	refuse(w, http.StatusNotFound, "not_found", "There is nothing at this address.")
}

// allowOrigin lets web pages of listed origins ask, and what is no web page.
func (s *Service) allowOrigin(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return r.Method != http.MethodOptions
	}
	if !slices.Contains(s.options.Origins, origin) {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		h.Set("Access-Control-Max-Age", "600")
	}
	return true
}

// caller is who asks.
type caller struct {
	isServer bool           // of the operator's
	holder   collect.Holder // of a ticket
}

// may reports whether a caller may act for a holder.
func (c caller) may(h collect.Holder) bool { return c.isServer || c.holder == h }

// bearer is the token that a request came with, "" of one without. The word before it is in any case.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// as finds out who asks, and keeps them to their rate.
func (s *Service) as(answer func(http.ResponseWriter, *http.Request, caller)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := bearer(r)
		who, subject, perSecond := caller{}, "", s.options.Limits.PerSecond
		switch holder, ok := s.signer.read(token, s.options.Clock()); {
		case ok:
			who, subject, perSecond = caller{holder: holder}, holder.String(), s.options.Limits.PerTicket
		case s.tokens.Load().knows(token):
			who, subject = caller{isServer: true}, "server"
		}
		if !s.rates.allow(subject, perSecond, s.options.Clock()) {
			w.Header().Set("Retry-After", "1")
			refuse(w, http.StatusTooManyRequests, "rate_limited", "Too many requests a second. Try again in a second.")
			return
		}
		if subject == "" {
			w.Header().Set("WWW-Authenticate", `Bearer realm="fcpipe"`)
			refuse(w, http.StatusUnauthorized, "unauthorized", "The bearer token is missing, unknown or too old.")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, s.options.Limits.Body)
		answer(w, r, who)
	}
}
