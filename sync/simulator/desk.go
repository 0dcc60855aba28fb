package simulator

import (
	"net/http"
	"net/url"
	"strings"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/linking"
)

// runLinking answers what the desk has: customers, accounts of v2, consents and sessions.
func (s *Server) runLinking(r *http.Request, body string, params url.Values, result *answer.Answer) (is bool) {
	handle, id := s.desk.Route(r.Method, strings.Split(strings.Trim(r.URL.Path, "/"), "/"))
	if handle == nil {
		return false
	}
	value, e := handle(s.linkingRequest(r, body, params, id))
	if e != nil {
		result.Fail(e)
		return true
	}
	result.Succeed(value)
	return true
}

func (s *Server) linkingRequest(r *http.Request, body string, params url.Values, id string) linking.Request {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	return linking.Request{
		Params: params, Body: []byte(body), ID: id, Version: linking.Version(apiVersion(r)), At: s.whole(),
		StripeAccount: r.Header.Get("Stripe-Account"), Address: scheme + "://" + host, Without: s.trouble.Without,
	}
}
