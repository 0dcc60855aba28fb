package faults

import (
	"bytes"
	"net/http"

	"fcpipe/sync/simulator/answer"
)

// htmlPage is what proxies answer.
const htmlPage = "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"

// Replace answers in the server's place, when the fault wants that.
func (a AnswerActions) Replace(result *answer.Answer) bool {
	switch {
	case a.Redirect != "":
		result.Status, result.Body = http.StatusFound, []byte("{}")
		result.Header.Set("Location", a.Redirect)
	case a.HTML:
		result.Status = http.StatusBadGateway
		if a.Status != 0 {
			result.Status = a.Status
		}
		result.Header.Set("Content-Type", "text/html")
		result.Body = []byte(htmlPage)
	case a.Status != 0 || a.Body != "" || a.Empty:
		a.WriteError(a.Status, result)
	default:
		return false
	}
	return true
}

// WriteError fills in a status with its error, or with the body that is wanted.
func (a AnswerActions) WriteError(status int, result *answer.Answer) {
	e := *ErrorOf(status)
	if a.Code != "" {
		e.Code = a.Code
	}
	if a.Param != "" {
		e.Param = a.Param
	}
	result.Fail(&e)
	switch {
	case a.Body != "":
		result.Body = []byte(a.Body)
	case a.Empty:
		result.Body = nil
	}
	if status == 0 {
		result.Status = http.StatusOK
	}
}

// ErrorOf is the error Stripe sends with a status.
func ErrorOf(status int) *answer.Error {
	switch {
	case status == http.StatusUnauthorized:
		return answer.Unauthorized("Invalid API Key provided: ************")
	case status == http.StatusForbidden:
		return answer.Forbidden("The provided key does not have the required permissions for this endpoint.")
	case status == http.StatusNotFound:
		return answer.Missing("financial_connections.account", "…")
	case status == http.StatusTooManyRequests:
		return answer.RateLimited()
	case status >= 400 && status < 500:
		e := answer.Invalid("", "", "The request was refused by a fault.")
		e.Status = status
		return e
	}
	return &answer.Error{Status: status, Kind: "api_error", Message: "An unknown error occurred."}
}

// Malform breaks a document while its length stays true.
func Malform(body []byte, how string) []byte {
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
