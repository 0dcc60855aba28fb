package sync

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	stripe "github.com/stripe/stripe-go/v82"

	"fcpipe/schema"
)

var (
	// ErrKeyRefused is returned when Stripe does not accept the key. The round stops at once.
	ErrKeyRefused = errors.New("Stripe refused the key") //nolint:staticcheck // Stripe is a name
	// ErrUnreachable is returned when no answer came, or only server errors, after every repeat.
	ErrUnreachable = errors.New("Stripe cannot be reached") //nolint:staticcheck // Stripe is a name
	// ErrWrongStore is returned when the key belongs to another Stripe account or mode than the stored data.
	ErrWrongStore = errors.New("the key does not belong to this data")
	// ErrReadAllowance is returned when the read allowance is used up before the accounts could be listed.
	ErrReadAllowance = errors.New("the read allowance is used up")
	// ErrDefaultAllowance is ErrReadAllowance where the configuration says nothing of an allowance.
	ErrDefaultAllowance = fmt.Errorf("%w", ErrReadAllowance)
	// ErrDeadline is returned when the round used up its time.
	ErrDeadline = errors.New("the round's deadline passed")
)

// APIError is an answer of Stripe other than success. It never holds what Stripe wrote about data.
type APIError struct {
	Status     int
	Code       string // Stripe's, may be ""
	RequestID  string
	Reason     string        // Stripe-Rate-Limited-Reason
	Retry      string        // Stripe-Should-Retry: true, false or ""
	RetryAfter time.Duration // 0 when not said
}

func (e *APIError) Error() string {
	text := fmt.Sprintf("Stripe answered %d", e.Status)
	if !e.refused() && e.Status < http.StatusInternalServerError {
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

// refused reports whether Stripe said no: what was asked for was not done.
func (e *APIError) refused() bool {
	return e.Status >= http.StatusBadRequest && e.Status < http.StatusInternalServerError
}

// PageError is an answer that is not what the API promises. Nothing of it was taken.
type PageError struct {
	RequestID string
	Problem   string // without any byte of the body
}

func (e *PageError) Error() string {
	return fmt.Sprintf("answer refused: %s (%s)", e.Problem, e.RequestID)
}

// networkError is a request without an answer, or with one that cannot be Stripe's.
type networkError struct{ problem string }

func (e *networkError) Error() string {
	if e.problem == problemNoJSON {
		return e.problem
	}
	return "no answer: " + e.problem
}

// translate turns stripe-go's errors into ours. Their texts are never kept: they hold
// bodies when an answer cannot be decoded.
func (c *client) translate(err error) error {
	if api, ok := errors.AsType[*APIError](err); ok { // refused by our own transport
		return api
	}
	if api, ok := errors.AsType[*stripe.Error](err); ok {
		e := &APIError{Status: api.HTTPStatusCode, Code: schema.ShownBriefly(string(api.Code)), RequestID: schema.ShownBriefly(api.RequestID)}
		if api.LastResponse != nil {
			c.hear(api.LastResponse.Header)
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

// code is the error code of an account's outcome, and the request it came from.
func code(err error) (code, requestID *string) {
	var api *APIError
	var page *PageError
	switch {
	case errors.As(err, &api):
		text := api.Code
		if text == "" {
			text = fmt.Sprintf("http_%d", api.Status)
		}
		return &text, nonEmpty(api.RequestID)
	case errors.As(err, &page):
		text := "answer_refused"
		return &text, nonEmpty(page.RequestID)
	case errors.Is(err, ErrReadAllowance):
		text := codeReads
		return &text, nil
	case errors.Is(err, errTooManyPages):
		text := codePages
		return &text, nil
	}
	text := "no_answer"
	if network, is := errors.AsType[*networkError](err); is && network.problem == problemNoJSON {
		text = "answer_not_json"
	}
	return &text, nil
}

func nonEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
