package stripe

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	maxBody  = 32 << 20         // bytes of an answer: a page of 100 rows has about 50,000
	idleBody = 15 * time.Second // the longest pause inside an answer
)

var errTooLarge = errors.New("answer too large")

// stalledError is a server that stopped in the middle of an answer. It is a timeout.
type stalledError struct{}

func (stalledError) Error() string   { return "the answer stopped" }
func (stalledError) Timeout() bool   { return true }
func (stalledError) Temporary() bool { return true }

// limitedTransport refuses answers that are not one whole object or list: 200 is, for a POST too. 201 and 202
// promise one, 206 is a part, a redirect leads to another address; what they carry is never decoded. It refuses
// bodies that are too large to be a page, after decompression, or that stop.
type limitedTransport struct{ next http.RoundTripper }

func (t limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	r = r.WithContext(ctx)
	r.Header.Del("X-Stripe-Client-User-Agent") // names this host
	response, err := t.next.RoundTrip(r)
	if err != nil {
		cancel(err)
		return nil, err
	}
	if isNoAnswer(response) {
		status := statusOf(response)
		cancel(status)
		return nil, errors.Join(status, response.Body.Close())
	}
	body := &limitedBody{ReadCloser: response.Body, left: maxBody, context: ctx, cancel: cancel}
	body.idle = time.AfterFunc(idleBody, func() { cancel(stalledError{}) })
	response.Body = body
	return response, nil
}

// isNoAnswer reports a status that is neither 200 nor an error; those net/http would follow are
// left to refuseRedirect.
func isNoAnswer(response *http.Response) bool {
	switch response.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect,
		http.StatusPermanentRedirect:
		return response.Header.Get("Location") == ""
	}
	return response.StatusCode != http.StatusOK && response.StatusCode < http.StatusBadRequest
}

func statusOf(response *http.Response) *APIError {
	return &APIError{Status: response.StatusCode, RequestID: printable(response.Header.Get("Request-Id"))}
}

// refuseRedirect keeps the key where it was sent, and says what was answered.
func refuseRedirect(next *http.Request, _ []*http.Request) error { return statusOf(next.Response) }

// limitedBody is the body of an answer, up to maxBody bytes.
type limitedBody struct {
	io.ReadCloser
	left    int64
	context context.Context //nolint:containedctx // the request's, whose cause explains a failed read
	cancel  context.CancelCauseFunc
	idle    *time.Timer
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	b.idle.Reset(idleBody)
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err != nil && errors.Is(context.Cause(b.context), stalledError{}) {
		err = stalledError{}
	}
	return n, err
}

func (b *limitedBody) Close() error {
	b.idle.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}
