package stripe

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	stripego "github.com/stripe/stripe-go/v82"
)

// errNotJSON is an answer that cannot be Stripe's: a page of a proxy, or of an outage.
var errNotJSON = errors.New("the answer is not JSON")

// exchange sends a request once and returns the answer as it came. stripe-go makes the request, and the error of an
// answer of 400 or more; what succeeds is not decoded. Backend.RawRequest would do the same, but panics where no
// answer comes (https://github.com/stripe/stripe-go/issues/2211, fixed in v83) and closes no body.
func (c *Client) exchange(r Request, params *stripego.Params) (body []byte, header http.Header, err error) {
	isJSON := c.options.IsJSON
	if r.isJSON != nil {
		isJSON = r.isJSON
	}
	path, content, contentType := r.Path, r.Form.Encode(), "application/x-www-form-urlencoded"
	switch {
	case r.JSON != nil:
		content, contentType = string(r.JSON), "application/json"
	case r.Method == http.MethodGet && content != "":
		path, content = path+"?"+content, ""
	}
	request, err := c.backend.NewRequest(r.Method, path, string(c.options.Key), contentType, params)
	if err != nil {
		return nil, nil, err
	}
	if content != "" {
		request.ContentLength = int64(len(content))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }
		request.Body, _ = request.GetBody()
	}
	answer, err := c.backend.HTTPClient.Do(request)
	if err != nil {
		return nil, nil, err
	}
	whole := bytes.NewBuffer(make([]byte, 0, r.expected+bytes.MinRead))
	_, err = whole.ReadFrom(answer.Body)
	body = whole.Bytes()
	switch err = errors.Join(err, answer.Body.Close()); {
	case err != nil:
		return nil, nil, err
	case answer.StatusCode >= http.StatusBadRequest:
		return nil, nil, c.refusal(answer, body)
	case !isJSON(body):
		return nil, nil, errNotJSON
	}
	return body, answer.Header, nil
}

// refusal is the error of an answer of 400 or more: a *stripego.Error, or errNotJSON. Its other errors quote the body.
func (c *Client) refusal(answer *http.Response, body []byte) error {
	if api, is := errors.AsType[*stripego.Error](c.backend.ResponseToError(answer, body)); is {
		return api
	}
	return errNotJSON
}
