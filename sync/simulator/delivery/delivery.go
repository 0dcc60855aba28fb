package delivery

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"fcpipe/sync/simulator/faults"
)

// ErrReset is what a client in the same process sees where a socket would be reset.
var ErrReset = errors.New("connection reset by simulator")

const (
	dripBytes    = 256
	endlessBytes = 64 << 20
	// MaxRealDelay is of one answer, where time is real.
	MaxRealDelay = 2 * time.Minute
)

// Pass lets time pass: virtual time at once, real time for as long as the client waits for it.
type Pass func(ctx context.Context, d time.Duration)

// Way is what happens to an answer on its way to the client.
type Way struct {
	faults.DeliveryActions
	Dropped bool
}

// lost is the error of a client in the same process whose answer was dropped.
func (d Way) lost() error {
	switch d.DropAs {
	case "timeout":
		return timeoutError{}
	case "goaway":
		return errors.New("http2: server sent GOAWAY and closed the connection")
	case "refused":
		return &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused by simulator")}
	case "untrusted":
		return &tls.CertificateVerificationError{Err: errors.New("certificate signed by simulator")}
	}
	return ErrReset
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "no answer of the simulator in time" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// content is the body as it arrives; its error is io.EOF when it arrives whole.
func (d Way) content(ctx context.Context, pass Pass, body []byte) io.Reader {
	var content io.Reader = bytes.NewReader(body)
	switch {
	case d.Endless:
		content = io.MultiReader(io.LimitReader(spaces{}, endlessBytes), failing{ErrReset})
	case d.TruncateAt > 0:
		content = io.MultiReader(bytes.NewReader(body[:min(d.TruncateAt, len(body))]), failing{io.ErrUnexpectedEOF})
	case d.ResetAt > 0:
		content = io.MultiReader(bytes.NewReader(body[:min(d.ResetAt, len(body))]), failing{ErrReset})
	}
	if d.Drip > 0 {
		content = &dripping{content, ctx, pass, time.Duration(d.Drip), MaxRealDelay}
	}
	return content
}

// spaces never end.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// dripping pauses before every few bytes, for as long as one answer may take.
type dripping struct {
	io.Reader
	context context.Context //nolint:containedctx // the request's: a client that has gone is not waited for
	pass    Pass
	pause   time.Duration
	left    time.Duration
}

func (d *dripping) Read(p []byte) (int, error) {
	if d.left > 0 {
		d.left -= d.pause
		d.pass(d.context, d.pause)
	}
	return d.Reader.Read(p[:min(len(p), dripBytes)])
}

// bomb is a small body that becomes a large one.
var bomb = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := io.Copy(w, io.LimitReader(spaces{}, endlessBytes))
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	return packed.Bytes()
})
