package simulator

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/delivery"
	"fcpipe/sync/simulator/draw"
)

// call is one request being answered, with the server locked.
type call struct {
	request *http.Request
	params  url.Values
	path    []string // of the URL, without /v1
}

// handler answers a call with an object, or with raw JSON, or with an error.
type handler func(*call) (any, *answer.Error)

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
	delivery.Write(w, r, result, way, s.pass)
}

// answer computes a response: faults and limits first, then authentication, idempotency and the handler.
func (s *Server) answer(r *http.Request, body string) (answer.Answer, delivery.Way) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.tick()
	s.requests++
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("Request-Id", draw.ID("req_", s.world.Config.Seed, int(s.requests), "request", 0)[:18])
	header.Set("Stripe-Version", apiVersion(r))
	header.Set("Date", now.UTC().Format(http.TimeFormat))
	result := answer.Answer{Status: http.StatusOK, Header: header}
	if isOfBrowser(r) && answerStatic(r, &result) {
		return result, delivery.Way{}
	}
	params := r.URL.Query()
	way := s.answerUnder(s.faultFor(r, params), r, body, params, &result)
	s.noteEnd(r, params, result)
	if !isOfBrowser(r) {
		s.meter.request(r, result.Status)
	}
	return result, way
}

func apiVersion(r *http.Request) string {
	if version := r.Header.Get("Stripe-Version"); version != "" {
		return version
	}
	return "2025-08-27.basil"
}

// overLimit answers 429 when the world has a request limit and this second is used up.
func (s *Server) overLimit(result *answer.Answer) bool {
	if s.world.Config.RequestsPerSecond == 0 {
		return false
	}
	if second := s.now.Unix(); second != s.second {
		s.second, s.inSecond = second, 0
	}
	if s.inSecond++; s.inSecond <= s.world.Config.RequestsPerSecond {
		return false
	}
	result.Header.Set("Stripe-Rate-Limited-Reason", "endpoint-rate")
	result.Fail(answer.RateLimited())
	return true
}

// dispatch authenticates, replays or runs the handler, and remembers what a POST was answered.
func (s *Server) dispatch(r *http.Request, body string, result *answer.Answer) {
	if isOfBrowser(r) {
		s.answerClient(r, body, result)
		return
	}
	if e := authenticate(r); e != nil {
		result.Fail(e)
		return
	}
	params, e := formOf(r, body)
	if e != nil {
		result.Fail(e)
		return
	}
	if r.Method == http.MethodPost && s.replay(r, body, result) {
		return
	}
	isStrict := s.runLinking(r, body, params, result)
	if !isStrict {
		path := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
		s.run(&call{request: r, params: params, path: path}, result)
	}
	isRefused := isStrict && result.Status == http.StatusBadRequest // before it was begun: its key is still unused
	if r.Method == http.MethodPost && !isRefused {
		s.remember(r, body, *result)
	}
}

// formOf are the parameters of a request: of its address, of a POST its body, which in API v2 is JSON and no form.
func formOf(r *http.Request, body string) (url.Values, *answer.Error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	isJSON := strings.HasPrefix(r.URL.Path, "/v2/")
	text := r.URL.RawQuery
	switch {
	case r.Method != http.MethodPost:
	case isJSON != (kind == "application/json") && body != "":
		return nil, answer.Invalid("", "", "The content type "+kind+" is not supported by this endpoint: "+
			"API v1 takes application/x-www-form-urlencoded, API v2 application/json.")
	case isJSON:
		return url.Values{}, nil
	default:
		text = body
	}
	params, err := url.ParseQuery(text)
	if err != nil {
		return nil, answer.Invalid("", "", "Parameters cannot be parsed.")
	}
	return params, nil
}

func (s *Server) run(c *call, result *answer.Answer) {
	handle, allowed := s.route(c)
	if handle == nil {
		result.Fail(answer.UnknownURL(c.request.Method, c.request.URL.Path))
		return
	}
	if e := refuseUnknown(c.params, allowed); e != nil {
		result.Fail(e)
		return
	}
	value, e := handle(c)
	if e != nil {
		result.Fail(e)
		return
	}
	result.Succeed(value)
}

// authenticate accepts any test key; one that contains "revoked" is refused.
func authenticate(r *http.Request) *answer.Error {
	key, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		key, _, _ = r.BasicAuth()
	}
	isTest := strings.HasPrefix(key, "sk_test_") || strings.HasPrefix(key, "rk_test_")
	switch {
	case key == "":
		return answer.Unauthorized("You did not provide an API key.")
	case !isTest || strings.Contains(key, "revoked"):
		return answer.Unauthorized("Invalid API Key provided: " + strings.Repeat("*", 12))
	}
	return nil
}

// values collects name[] and name[0], name[1], … of a form.
func (c *call) values(name string) []string {
	found := []string{}
	for key, values := range c.params {
		if len(key) > len(name) && key[:len(name)] == name && key[len(name)] == '[' {
			found = append(found, values...)
		}
	}
	slices.Sort(found)
	return found
}

// refuseUnknown answers Stripe's parameter_unknown.
func refuseUnknown(params url.Values, allowed []string) *answer.Error {
	for name := range params {
		root, _, _ := strings.Cut(name, "[")
		known := root == "expand"
		for _, pattern := range allowed {
			if name == pattern || (strings.HasSuffix(pattern, "[]") && root+"[]" == pattern) {
				known = true
			}
		}
		if !known {
			return answer.Invalid("parameter_unknown", name, "Received unknown parameter: "+name)
		}
	}
	return nil
}

// novelties adds to rows and accounts what today's clients do not know, as a newer API does:
// fields, fields inside known objects, and words in lists. Each reading shows others: a
// classification is pending, then there, then another. What was known stays as it is.
func (s *Server) novelties(r *http.Request, params url.Values, result *answer.Answer) {
	isRead := r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/financial_connections/")
	if s.world.Config.NoveltyPercent == 0 || result.Status != http.StatusOK || !isRead {
		return
	}
	reading := s.readings[r.URL.Path+params.Get("account")]
	s.readings[r.URL.Path+params.Get("account")]++
	page, isList := answer.ParseList(result.Body)
	if !isList {
		result.Body = answer.Novel(s.world.Config.Seed, s.world.Config.NoveltyPercent, result.Body, reading)
		return
	}
	for i := range page.Data {
		page.Data[i] = answer.Novel(s.world.Config.Seed, s.world.Config.NoveltyPercent, page.Data[i], reading)
	}
	result.Body = page.Render()
}
