package answer

import (
	"encoding/json"
	"net/http"
)

// Raw is an answer that is rendered already.
type Raw []byte

// Answer is a finished response, before faults have their way with it.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Fail makes it an error.
func (a *Answer) Fail(e *Error) {
	a.Status = e.Status
	a.Body, _ = json.MarshalIndent(e.Body(), "", "  ")
}

// Succeed makes its body a value as JSON; Raw is sent as it is.
func (a *Answer) Succeed(value any) {
	if raw, isRaw := value.(Raw); isRaw {
		a.Body = raw
		return
	}
	a.Body, _ = json.Marshal(value)
}
