package answer

import (
	"fmt"
	"net/http"
)

// Error is an answer other than success, in Stripe's shape (https://docs.stripe.com/api/errors). Its texts are
// Stripe's. Empty Code and Param are left out of the body.
type Error struct {
	Status  int    // of HTTP
	Kind    string // invalid_request_error, api_error, idempotency_error
	Code    string
	Param   string
	Message string
}

const invalidRequest = "invalid_request_error"

// Body is the object Stripe sends.
func (e *Error) Body() map[string]any {
	fields := map[string]any{"type": e.Kind, "message": e.Message}
	if e.Code != "" {
		fields["code"] = e.Code
		fields["doc_url"] = "https://stripe.com/docs/error-codes/" + e.Code
	}
	if e.Param != "" {
		fields["param"] = e.Param
	}
	return map[string]any{"error": fields}
}

// Invalid is 400 for a parameter that is wrong; code and param may be empty.
func Invalid(code, param, message string) *Error {
	return &Error{Status: http.StatusBadRequest, Kind: invalidRequest, Code: code, Param: param, Message: message}
}

// Missing is 404 for an object that does not exist.
func Missing(what, id string) *Error { return MissingParam("id", what, id) }

// MissingParam is 404 for an object that a parameter other than the path names.
func MissingParam(param, what, id string) *Error {
	return &Error{
		Status: http.StatusNotFound, Kind: invalidRequest, Code: "resource_missing", Param: param,
		Message: fmt.Sprintf("No such %s: '%s'", what, id),
	}
}

// Unauthorized is 401 for a key that is missing or refused.
func Unauthorized(message string) *Error {
	return &Error{Status: http.StatusUnauthorized, Kind: invalidRequest, Message: message}
}

// Forbidden is 403 for what the key or the account holder does not permit.
func Forbidden(message string) *Error {
	return &Error{Status: http.StatusForbidden, Kind: invalidRequest, Message: message}
}

// RateLimited is 429.
func RateLimited() *Error {
	return &Error{
		Status: http.StatusTooManyRequests, Kind: invalidRequest, Code: "rate_limit",
		Message: "Request rate limit exceeded.",
	}
}

// UnknownURL is 404 for a path or method the server does not have.
func UnknownURL(method, path string) *Error {
	return &Error{
		Status: http.StatusNotFound, Kind: invalidRequest,
		Message: "Unrecognized request URL (" + method + ": " + path + ").",
	}
}

// KeyReused is 400 for an idempotency key that comes with other parameters than before.
func KeyReused() *Error {
	return &Error{
		Status: http.StatusBadRequest, Kind: "idempotency_error",
		Message: "Keys for idempotent requests can only be used with the same parameters they were first used with.",
	}
}
