package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// call is one request being answered, with the server locked.
type call struct {
	request *http.Request
	params  url.Values
	path    []string // of the URL, without /v1
}

// handler answers a call with an object, or with raw JSON, or with an error.
type handler func(*call) (any, *apiError)

// rawJSON is an answer that is rendered already.
type rawJSON []byte

// answer is a finished response, before faults have their way with it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ServeHTTP answers Stripe's paths below /v1 and the simulator's own below /_sim.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, "body cannot be read", http.StatusBadRequest)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		s.control(w, r, body)
		return
	}
	result, way := s.answer(r, string(body))
	s.deliver(w, r, result, way)
}

// answer computes a response: faults and limits first, then authentication, idempotency and the handler.
func (s *Server) answer(r *http.Request, body string) (answer, delivery) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.tick()
	s.requests++
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("Request-Id", identifier("req_", s.config.Seed, int(s.requests), "request", 0)[:18])
	header.Set("Stripe-Version", apiVersion(r))
	header.Set("Date", now.UTC().Format(http.TimeFormat))
	result := answer{status: http.StatusOK, header: header}
	params := r.URL.Query()
	way := s.answerUnder(s.faultFor(r, params), r, body, params, &result)
	s.noteEnd(r, params, result)
	s.meter.request(r, result.status)
	return result, way
}

func apiVersion(r *http.Request) string {
	if version := r.Header.Get("Stripe-Version"); version != "" {
		return version
	}
	return "2025-08-27.basil"
}

// overLimit answers 429 when the world has a request limit and this second is used up.
func (s *Server) overLimit(result *answer) bool {
	if s.config.RequestsPerSecond == 0 {
		return false
	}
	if second := s.now.Unix(); second != s.second {
		s.second, s.inSecond = second, 0
	}
	if s.inSecond++; s.inSecond <= s.config.RequestsPerSecond {
		return false
	}
	result.header.Set("Stripe-Rate-Limited-Reason", "endpoint-rate")
	result.fail(&apiError{http.StatusTooManyRequests, "invalid_request_error", "rate_limit", "", "Request rate limit exceeded."})
	return true
}

func (a *answer) fail(e *apiError) {
	a.status = e.status
	a.body, _ = json.MarshalIndent(e.body(), "", "  ")
}

func (a *answer) succeed(value any) {
	if raw, isRaw := value.(rawJSON); isRaw {
		a.body = raw
		return
	}
	a.body, _ = json.Marshal(value)
}

// dispatch authenticates, replays or runs the handler, and remembers what a POST was answered.
func (s *Server) dispatch(r *http.Request, body string, result *answer) {
	if e := authenticate(r); e != nil {
		result.fail(e)
		return
	}
	text := r.URL.RawQuery
	if r.Method == http.MethodPost {
		text = body
	}
	params, err := url.ParseQuery(text)
	if err != nil {
		result.fail(invalid("", "", "Parameters cannot be parsed."))
		return
	}
	if r.Method == http.MethodPost && s.replay(r, body, result) {
		return
	}
	s.run(&call{request: r, params: params, path: strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")}, result)
	if r.Method == http.MethodPost {
		s.remember(r, body, *result)
	}
}

func (s *Server) run(c *call, result *answer) {
	handle, allowed := s.route(c)
	if handle == nil {
		result.fail(&apiError{
			http.StatusNotFound, "invalid_request_error", "", "",
			"Unrecognized request URL (" + c.request.Method + ": " + c.request.URL.Path + ").",
		})
		return
	}
	if e := refuseUnknown(c.params, allowed); e != nil {
		result.fail(e)
		return
	}
	value, e := handle(c)
	if e != nil {
		result.fail(e)
		return
	}
	result.succeed(value)
}

// authenticate accepts any test key; one that contains "revoked" is refused.
func authenticate(r *http.Request) *apiError {
	key, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		key, _, _ = r.BasicAuth()
	}
	isTest := strings.HasPrefix(key, "sk_test_") || strings.HasPrefix(key, "rk_test_")
	switch {
	case key == "":
		return unauthorized("You did not provide an API key.")
	case !isTest || strings.Contains(key, "revoked"):
		return unauthorized("Invalid API Key provided: " + strings.Repeat("*", 12))
	}
	return nil
}

// refuseUnknown answers Stripe's parameter_unknown.
func refuseUnknown(params url.Values, allowed []string) *apiError {
	for name := range params {
		root, _, _ := strings.Cut(name, "[")
		known := root == "expand"
		for _, pattern := range allowed {
			if name == pattern || (strings.HasSuffix(pattern, "[]") && root+"[]" == pattern) {
				known = true
			}
		}
		if !known {
			return invalid("parameter_unknown", name, "Received unknown parameter: "+name)
		}
	}
	return nil
}
