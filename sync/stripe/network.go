package stripe

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// Problems of requests without an answer.
const (
	problemRefused = "connection refused"
	problemTLS     = "the server's certificate is not trusted"
	problemTimeout = "timeout"
	problemCut     = "the answer was cut off"
	problemNoJSON  = "what answered sent no valid JSON, as a proxy or an outage page does"
	problemOther   = "connection failed"
)

// networkError is a request without an answer, or with one that cannot be Stripe's.
type networkError struct{ problem string }

func (e *networkError) Error() string {
	if e.problem == problemNoJSON {
		return e.problem
	}
	return "no answer: " + e.problem
}

// classify names a failure without quoting it: texts of decoding errors hold bank data.
func classify(err error) string {
	var certificate *tls.CertificateVerificationError
	var operation *net.OpError
	var timeout net.Error
	switch {
	case errors.Is(err, errNotJSON), errors.Is(err, errTooLarge):
		return problemNoJSON
	case errors.As(err, &certificate):
		return problemTLS
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return problemCut
	case errors.As(err, &timeout) && timeout.Timeout():
		return problemTimeout
	case errors.As(err, &operation) && operation.Op == "dial":
		return problemRefused
	}
	return problemOther
}

// isUnreachable reports whether an endpoint seems to be down: no answer, or a server error.
func isUnreachable(err error) bool {
	var network *networkError
	var api *APIError
	return errors.As(err, &network) || errors.As(err, &api) && api.Status >= http.StatusInternalServerError
}

func timedOut(err error) bool {
	network, is := errors.AsType[*networkError](err)
	return is && network.problem == problemTimeout
}

// markUnreachable wraps failures that say nothing of the request itself in ErrUnreachable, with the server's name.
func (c *Client) markUnreachable(err error) error {
	if isUnreachable(err) {
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.Host(), err)
	}
	return err
}

// hostOf is the host and port of an address.
func hostOf(base string) string {
	address, err := url.Parse(base)
	switch {
	case err != nil:
		return base
	case address.Port() != "":
		return address.Host
	case address.Scheme == "http":
		return address.Host + ":80"
	}
	return address.Host + ":443"
}
