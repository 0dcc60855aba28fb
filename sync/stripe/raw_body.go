package stripe

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

var errNotJSON = errors.New("answer is not JSON")

// rawBody is where rawTransport puts the body of a successful answer: a *[]byte in the context of the request.
type rawBody struct{}

// rawTransport keeps the bytes of a successful answer and shows stripe-go an empty object, which it decodes for
// nothing otherwise: its struct is not used. Backend.RawRequest would do the same, and panics where no answer comes
// (stripe-go v82.5.1, handleResponseBufferingErrors).
type rawTransport struct{ next http.RoundTripper }

func (t rawTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	raw, err := io.ReadAll(response.Body)
	if closed := response.Body.Close(); err == nil {
		err = closed // else what reading said, as it is: a timeout stays one
	}
	if err != nil {
		return nil, err
	}
	if !json.Valid(raw) && !isTooDeep(raw) {
		return nil, errNotJSON
	}
	if kept, wanted := r.Context().Value(rawBody{}).(*[]byte); wanted {
		*kept = raw
	}
	response.Body = io.NopCloser(bytes.NewReader([]byte("{}")))
	return response, nil
}
