package stripe

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	stripego "github.com/stripe/stripe-go/v82"
)

var (
	// ErrKeyRefused is returned when Stripe does not accept the key: no other request will do better.
	ErrKeyRefused = errors.New("Stripe refused the key") //nolint:staticcheck // Stripe is a name
	// ErrUnreachable is returned when no answer came, or only server errors, after every retry.
	ErrUnreachable = errors.New("Stripe cannot be reached") //nolint:staticcheck // Stripe is a name
)

// APIError is an answer of Stripe other than success. It holds nothing that Stripe wrote about data, and its texts
// are fit to be shown. Source: https://docs.stripe.com/api/errors
type APIError struct {
	Status     int
	Code       string        // Stripe's; "" when there is none
	Type       string        // Stripe's, such as invalid_request_error; "" when there is none
	Param      string        // the name of the parameter that is wrong; "" when not said
	RequestID  string        // "" when there is none
	Reason     string        // Stripe-Rate-Limited-Reason, "" when not said
	Retry      string        // Stripe-Should-Retry: true, false or ""
	RetryAfter time.Duration // 0 when not said
}

// Error is the status, and Stripe's code and the request's id where there are any.
func (e *APIError) Error() string {
	text := fmt.Sprintf("Stripe answered %d", e.Status)
	if !e.Refused() && e.Status < http.StatusInternalServerError {
		text += ", which is no answer to what was asked"
	}
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.RequestID != "" {
		text += " (" + e.RequestID + ")"
	}
	return text
}

// Refused reports whether Stripe said no: what was asked for was not done.
func (e *APIError) Refused() bool {
	return e.Status >= http.StatusBadRequest && e.Status < http.StatusInternalServerError
}

// PageError is an answer that is not what the API promises, for instance no list. Nothing of it is used.
type PageError struct {
	RequestID string
	Problem   string // without any byte of the body
}

// Error is the problem and the request's id.
func (e *PageError) Error() string {
	return fmt.Sprintf("answer refused: %s (%s)", e.Problem, e.RequestID)
}

// isMissing reports that Stripe does not know an object that a parameter names: the row a page begins after, or a
// cursor.
func (e *APIError) isMissing() bool {
	return e.Code == "resource_missing" && e.Status == http.StatusBadRequest
}

// translate turns stripe-go's errors into ours. Their texts are never kept: they hold
// bodies when an answer cannot be decoded.
func (c *Client) translate(err error) error {
	if api, ok := errors.AsType[*APIError](err); ok { // refused by our own transport
		return api
	}
	if api, ok := errors.AsType[*stripego.Error](err); ok {
		code, request := printable(string(api.Code)), printable(api.RequestID)
		e := &APIError{Status: api.HTTPStatusCode, Code: code, RequestID: request}
		e.Type, e.Param = printable(string(api.Type)), printable(api.Param)
		if api.LastResponse != nil {
			c.learnTime(api.LastResponse.Header)
			e.Reason = api.LastResponse.Header.Get("Stripe-Rate-Limited-Reason")
			e.Retry = api.LastResponse.Header.Get("Stripe-Should-Retry")
			e.RetryAfter = retryAfter(api.LastResponse.Header.Get("Retry-After"), c.options.Clock.Now())
		}
		if e.Status == http.StatusUnauthorized {
			return fmt.Errorf("%w: %w", ErrKeyRefused, e)
		}
		return e
	}
	return &networkError{problem: classify(err)}
}

// Code is a short name of what went wrong with a request, and the request's id, "" when there is none. The name is
// Stripe's code, http_ and the status, answer_refused, answer_not_json, or no_answer.
func Code(err error) (code, requestID string) {
	var api *APIError
	var page *PageError
	var network *networkError
	switch {
	case errors.As(err, &api) && api.Code != "":
		return api.Code, api.RequestID
	case errors.As(err, &api):
		return fmt.Sprintf("http_%d", api.Status), api.RequestID
	case errors.As(err, &page):
		return "answer_refused", page.RequestID
	case errors.As(err, &network) && network.problem == problemNoJSON:
		return "answer_not_json", ""
	}
	return "no_answer", ""
}
