package simulator

import (
	"bytes"
	"net/http"
	"net/url"
	"time"
)

// htmlPage is what proxies answer.
const htmlPage = "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"

// instead answers in the server's place, when the fault wants that.
func (a AnswerActions) instead(result *answer) bool {
	switch {
	case a.Redirect != "":
		result.status, result.body = http.StatusFound, []byte("{}")
		result.header.Set("Location", a.Redirect)
	case a.HTML:
		result.status = http.StatusBadGateway
		if a.Status != 0 {
			result.status = a.Status
		}
		result.header.Set("Content-Type", "text/html")
		result.body = []byte(htmlPage)
	case a.Status != 0 || a.Body != "" || a.Empty:
		a.error(a.Status, result)
	default:
		return false
	}
	return true
}

// error fills in a status with its error, or with the body that is wanted.
func (a AnswerActions) error(status int, result *answer) {
	e := *faultError(status)
	if a.Code != "" {
		e.code = a.Code
	}
	if a.Param != "" {
		e.param = a.Param
	}
	result.fail(&e)
	switch {
	case a.Body != "":
		result.body = []byte(a.Body)
	case a.Empty:
		result.body = nil
	}
	if status == 0 {
		result.status = http.StatusOK
	}
}

// faultError is the error Stripe sends with a status.
func faultError(status int) *apiError {
	kinds := map[int]*apiError{
		http.StatusUnauthorized:    unauthorized("Invalid API Key provided: ************"),
		http.StatusForbidden:       forbidden("The provided key does not have the required permissions for this endpoint."),
		http.StatusNotFound:        missing("financial_connections.account", "…"),
		http.StatusTooManyRequests: {status, "invalid_request_error", "rate_limit", "", "Request rate limit exceeded."},
	}
	if known := kinds[status]; known != nil {
		return known
	}
	if status >= 400 && status < 500 {
		return &apiError{status, "invalid_request_error", "", "", "The request was refused by a fault."}
	}
	return &apiError{status, "api_error", "", "", "An unknown error occurred."}
}

// trouble is what a fault leaves behind for all requests, until faults are cleared.
type trouble struct {
	KeyRevoked  bool      `json:"key_revoked,omitempty"`
	BurstUntil  time.Time `json:"burst_until,omitzero"`
	BurstReason string    `json:"burst_reason,omitempty"`
}

// troubled answers 401 after revoke_key, and 429 during a rate_burst.
func (s *Server) troubled(result *answer) bool {
	switch {
	case s.trouble.KeyRevoked:
		result.fail(faultError(http.StatusUnauthorized))
	case s.now.Before(s.trouble.BurstUntil):
		if s.trouble.BurstReason != "" {
			result.header.Set("Stripe-Rate-Limited-Reason", s.trouble.BurstReason)
		}
		result.fail(faultError(http.StatusTooManyRequests))
	default:
		return false
	}
	return true
}

// answerUnder computes an answer under a fault: what it does to the world, then in the
// answer's place or to it, then on its way.
func (s *Server) answerUnder(f *armedFault, r *http.Request, body string, params url.Values, result *answer) delivery {
	if f == nil {
		s.answerTruly(r, body, result, AnswerActions{}, false)
		return delivery{}
	}
	do := f.Do
	s.changeWorld(do.WorldActions, do.Headers, r, params)
	way := delivery{DeliveryActions: do.DeliveryActions, dropped: do.DropBefore || do.Reset || do.CommitThenDrop}
	if do.DropBefore || do.Reset {
		return way
	}
	for name, value := range do.Headers {
		result.header.Set(name, value)
	}
	if do.instead(result) {
		if do.Remember && r.Method == http.MethodPost {
			s.remember(r, body, *result)
		}
	} else {
		s.answerTruly(r, body, result, do.AnswerActions, do.RepeatPage)
		s.change(do.ListActions, result, f)
	}
	result.body = malformed(result.body, do.Malform)
	return way
}

// answerTruly is the answer of a server without this fault.
func (s *Server) answerTruly(r *http.Request, body string, result *answer, do AnswerActions, repeatPage bool) {
	if s.troubled(result) || s.overLimit(result) {
		return
	}
	if do.StaleRead > 0 && r.Method == http.MethodGet {
		defer func(now time.Time) { s.now = now }(s.now)
		s.now = s.now.Add(-time.Duration(do.StaleRead))
	}
	if repeatPage {
		r = withoutParam(r, "starting_after")
	}
	s.dispatch(r, body, result)
	s.novelties(r, r.URL.Query(), result)
	if do.CommitThenStatus != 0 {
		do.error(do.CommitThenStatus, result)
		if r.Method == http.MethodPost {
			s.remember(r, body, *result)
		}
	}
}

// withoutParam is a request as a server that ignores a parameter reads it.
func withoutParam(r *http.Request, name string) *http.Request {
	query := r.URL.Query()
	query.Del(name)
	changed := r.Clone(r.Context())
	changed.URL.RawQuery = query.Encode()
	return changed
}

// malformed breaks a document while its length stays true.
func malformed(body []byte, how string) []byte {
	switch how {
	case "cut":
		return body[:len(body)/2]
	case "trailing":
		return append(bytes.Clone(body), '}')
	case "twice":
		return bytes.Repeat(body, 2)
	case "duplicate_keys":
		return bytes.Replace(body, []byte("{"), []byte(`{"object":"list",`), 1)
	case "bad_utf8":
		return bytes.Replace(body, []byte(`"description":"`), []byte("\"description\":\"\xff\xfe"), 1)
	}
	return body
}
