package simulator

import "net/http"

// apiError is an answer other than success, in Stripe's shape.
type apiError struct {
	status  int
	kind    string // invalid_request_error, api_error, idempotency_error
	code    string
	param   string
	message string
}

func (e *apiError) body() object {
	fields := object{"type": e.kind, "message": e.message}
	if e.code != "" {
		fields["code"] = e.code
		fields["doc_url"] = "https://stripe.com/docs/error-codes/" + e.code
	}
	if e.param != "" {
		fields["param"] = e.param
	}
	return object{"error": fields}
}

func invalid(code, param, message string) *apiError {
	return &apiError{http.StatusBadRequest, "invalid_request_error", code, param, message}
}

func missing(what, id string) *apiError {
	return &apiError{http.StatusNotFound, "invalid_request_error", "resource_missing", "id", "No such " + what + ": '" + id + "'"}
}

func unauthorized(message string) *apiError {
	return &apiError{http.StatusUnauthorized, "invalid_request_error", "", "", message}
}

func forbidden(message string) *apiError {
	return &apiError{http.StatusForbidden, "invalid_request_error", "", "", message}
}
