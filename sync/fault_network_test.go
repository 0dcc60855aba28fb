package sync

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

// onRows matches requests that list transactions.
func onRows(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/transactions") }

// onPost matches purchases.
func onPost(r *http.Request) bool { return r.Method == http.MethodPost }

// newFaultWorld is a small calm world that has bought nothing yet.
func newFaultWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := newWorld(t, simulator.Config{
		Seed: 11, Accounts: 3, Holders: 2, HistoryDays: 60, RowsPerAccount: 130,
		Calm: true, Linked: true,
	})
	w.server.Advance(25 * time.Hour)
	return w
}

// meddle lets a test answer in the server's place, or change what it answers: nil sends the
// request on. It returns how to stop meddling.
func (w *world) meddle(matches func(*http.Request) bool, times int, instead func(*http.Request,
	func() *http.Response) (*http.Response, error),
) (stop func()) {
	change, one := w.change, stdsync.Mutex{}
	mine := func(r *http.Request) bool {
		one.Lock()
		defer one.Unlock()
		if !matches(r) || times == 0 {
			return false
		}
		times--
		return true
	}
	w.change = func(o *Options) {
		if change != nil {
			change(o)
		}
		next := o.Stripe.Transport
		o.Stripe.Transport = tripper(func(r *http.Request) (*http.Response, error) {
			if !mine(r) {
				return next.RoundTrip(r)
			}
			return instead(r, func() *http.Response {
				answer, err := next.RoundTrip(r)
				if err != nil { // the round ended meanwhile
					return answered(r, http.StatusServiceUnavailable, nil, "{}")
				}
				return answer
			})
		})
	}
	return func() { w.change = change }
}

func answered(r *http.Request, status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	header.Set("Request-Id", "req_fault")
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

func with(err error) func(*http.Request, func() *http.Response) (*http.Response, error) {
	return func(*http.Request, func() *http.Response) (*http.Response, error) { return nil, err }
}

func withAnswer(status int, header http.Header, body string) func(*http.Request,
	func() *http.Response) (*http.Response, error) {
	return func(r *http.Request, _ func() *http.Response) (*http.Response, error) {
		return answered(r, status, header.Clone(), body), nil
	}
}

func rewritten(change func(string) string) func(*http.Request, func() *http.Response) (*http.Response, error) {
	return func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
		answer := send()
		body, err := io.ReadAll(answer.Body)
		answer.Body = io.NopCloser(strings.NewReader(change(string(body))))
		return answer, err
	}
}

// threeActs runs a round under a fault that is survived or not, then a clean one that must
// come to the truth.
func (w *world) threeActs(survives bool, stop func()) Report {
	w.t.Helper()
	report, _, err := w.round()
	if survives && (err != nil || !report.Complete) {
		w.t.Errorf("the fault was to be survived: %v %+v", err, report.Accounts)
	}
	if !survives && err == nil && report.Complete {
		w.t.Error("a round that lost something called itself complete")
	}
	if strings.Contains(w.log.String(), "CANARY") {
		w.t.Error("bank data in the log")
	}
	stop()
	w.server.Advance(10 * time.Minute)
	clean, _, err := w.round()
	if err != nil || !clean.Complete {
		w.t.Errorf("after the fault: %v %+v", err, clean.Accounts)
	}
	w.wantTruth()
	w.paidOncePerWindow()
	return report
}

// paidOncePerWindow holds the meter to one balance per account in its interval.
func (w *world) paidOncePerWindow() {
	w.t.Helper()
	last := map[string]int64{}
	for _, charge := range w.server.Meter().Charges {
		if charge.Kind != plan.FeatureBalance {
			continue
		}
		if before, paid := last[charge.Account]; paid && charge.At-before < int64(20*time.Hour/time.Second) {
			w.t.Errorf("the balance of %s was paid twice within %d seconds", charge.Account, charge.At-before)
		}
		last[charge.Account] = charge.At
	}
}

func (w *world) paidBalances() map[string]int {
	paid := map[string]int{}
	for _, charge := range w.server.Meter().Charges {
		if charge.Kind == plan.FeatureBalance {
			paid[charge.Account]++
		}
	}
	return paid
}

func TestN1_NobodyListens(t *testing.T) {
	w := newFaultWorld(t)
	report := w.threeActs(false, w.meddle(func(*http.Request) bool { return true }, -1,
		with(&net.OpError{Op: "dial", Err: errors.New("refused")})))
	if report.Reads > 3 {
		t.Errorf("%d requests to a server that is not there", report.Reads)
	}
}

func TestN1_CertificateIsNeverTrustedBlindly(t *testing.T) {
	w := newFaultWorld(t)
	report := w.threeActs(false, w.meddle(func(*http.Request) bool { return true }, -1,
		with(&tls.CertificateVerificationError{Err: errors.New("unknown authority")})))
	if report.Reads != 1 {
		t.Errorf("%d requests, a certificate that is not trusted is asked once", report.Reads)
	}
}

type timeoutError struct{ error }

func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

func TestN2_TimeoutOfAReadIsRepeated(t *testing.T) {
	w := newFaultWorld(t)
	w.threeActs(true, w.meddle(onRows, 2, with(timeoutError{errors.New("timeout")})))
}

func TestN2_TimeoutOfAPurchaseIsSettledNotBoughtAgain(t *testing.T) {
	w := newFaultWorld(t)
	w.threeActs(true, w.meddle(onPost, 2, func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
		_ = send().Body.Close()
		return nil, timeoutError{errors.New("timeout")}
	}))
}

// brokenBody gives some bytes and then an error.
type brokenBody struct {
	*bytes.Reader
	err error
}

func (b brokenBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = b.err
	}
	return n, err
}

func cutAt(at int, err error) func(*http.Request, func() *http.Response) (*http.Response, error) {
	return func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
		answer := send()
		body, _ := io.ReadAll(answer.Body)
		answer.Body = io.NopCloser(brokenBody{bytes.NewReader(body[:min(at, len(body))]), err})
		return answer, nil
	}
}

func TestN3_ResetInTheBodyDiscardsThePage(t *testing.T) {
	w := newFaultWorld(t)
	w.threeActs(true, w.meddle(onRows, 3, cutAt(900, io.ErrUnexpectedEOF)))
}

func TestN4_BodiesThatAreNoSingleDocument(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"truncated":     func(b string) string { return b[:len(b)/2] },
		"trailing":      func(b string) string { return b + "}" },
		"two documents": func(b string) string { return b + b },
		"duplicate keys": func(b string) string {
			return strings.Replace(b, `{"object":"list"`, `{"object":"list","has_more":false`, 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			// accounts fail one by one, or the breaker ends the round first
			if report := w.threeActs(false, w.meddle(onRows, -1, rewritten(change))); report.Rows != 0 {
				t.Errorf("%d rows of broken pages were taken", report.Rows)
			}
		})
	}
}

// endless never ends.
type endless struct{}

var spaces = bytes.Repeat([]byte{' '}, 32<<10)

func (endless) Read(p []byte) (int, error) { return copy(p, spaces), nil }

func TestN5_EndlessBodyIsCutOff(t *testing.T) {
	w := newFaultWorld(t)
	w.threeActs(false, w.meddle(onRows, -1, func(_ *http.Request, send func() *http.Response) (*http.Response, error) {
		answer := send()
		answer.Body = io.NopCloser(endless{})
		return answer, nil
	}))
}

func TestN6_EveryKindOf429IsRepeated(t *testing.T) {
	for _, reason := range []string{
		"global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency",
		"resource-specific", "",
	} {
		t.Run(reason, func(t *testing.T) {
			w := newFaultWorld(t)
			report := w.threeActs(true, w.meddle(onRows, 3,
				withAnswer(429, http.Header{"Stripe-Rate-Limited-Reason": {reason}},
					`{"error": {"type": "invalid_request_error", "code": "rate_limit"}}`)))
			if report.RateLimited != 3 || report.Retries != 3 {
				t.Errorf("%d 429s, %d repeats, want 3 of each", report.RateLimited, report.Retries)
			}
		})
	}
}

func TestN7_RetryAfter(t *testing.T) {
	for text, survives := range map[string]bool{
		"7": true, "0": true, "-3": true, "soon": true, "315360000": false, "Wed, 03 Jun 2026 00:00:00 GMT": false,
		"Tue, 02 Jun 2026 15:02:00 GMT": true,
	} {
		t.Run(text, func(t *testing.T) {
			w := newFaultWorld(t)
			w.threeActs(survives, w.meddle(onRows, 1, withAnswer(503, http.Header{"Retry-After": {text}},
				`{"error": {"type": "api_error"}}`)))
		})
	}
}

func TestN8_ServerErrorsObeyShouldRetry(t *testing.T) {
	for text, survives := range map[string]bool{"true": true, "false": false, "": true} {
		t.Run("should retry "+text, func(t *testing.T) {
			w := newFaultWorld(t)
			w.threeActs(survives, w.meddle(onRows, 1, withAnswer(500, http.Header{"Stripe-Should-Retry": {text}},
				`{"error": {"type": "api_error"}}`)))
		})
	}
}

func TestN9_AnswersThatAreNoList(t *testing.T) {
	for name, body := range map[string]string{
		"empty object": `{}`, "no data": `{"object":"list","has_more":false,"url":"/x"}`,
		"data null":     `{"object":"list","data":null,"has_more":false,"url":"/x"}`,
		"has_more text": `{"object":"list","data":[],"has_more":"no","url":"/x"}`,
		"an account":    `{"object":"financial_connections.account","id":"fca_CANARY"}`,
		"html":          `<html>CANARY</html>`, "nothing": ``,
	} {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			report := w.threeActs(false, w.meddle(onRows, -1, withAnswer(200, nil, body)))
			if report.Rows != 0 {
				t.Errorf("%d rows were taken", report.Rows)
			}
		})
	}
}

// TestN9_RowOfAnotherAccountIsRefusedAlone: its neighbours are held.
func TestN9_RowOfAnotherAccountIsRefusedAlone(t *testing.T) {
	w := newFaultWorld(t)
	id := w.server.Accounts()[1]
	stop := w.meddle(func(r *http.Request) bool {
		return onRows(r) && r.URL.Query().Get("account") == id && !r.URL.Query().Has("starting_after")
	}, -1, rewritten(func(b string) string { return strings.Replace(b, id, "fca_CANARY", 1) }))
	report := w.threeActs(false, stop)
	refused := w.file.Refused()
	if report.AccountsFailed != 1 || len(refused) != 1 || refused[0].Field != "account" ||
		refused[0].Reason != reasonAccount {
		t.Errorf("%d accounts failed, refused %+v", report.AccountsFailed, refused)
	}
	if n := w.rowsOf("fca_CANARY"); n != 0 {
		t.Errorf("%d rows of another account are held", n)
	}
}

func TestN10_KeyInUseAndLocksAreRepeatedUnderTheSameKey(t *testing.T) {
	w := newFaultWorld(t)
	keys, refused := map[string]bool{}, ""
	w.between = func(r *http.Request) {
		if onPost(r) {
			keys[r.Header.Get("Idempotency-Key")] = true
		}
	}
	w.threeActs(true, w.meddle(onPost, 1, func(r *http.Request, _ func() *http.Response) (*http.Response, error) {
		refused = r.Header.Get("Idempotency-Key")
		return answered(r, 409, nil, `{"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}}`), nil
	}))
	if len(keys) != 6 || !keys[refused] {
		t.Errorf("%d keys for six purchases, that of the refused one among them: %t", len(keys), keys[refused])
	}
}

func TestN11_RefusedKeyStopsTheRoundAtOnce(t *testing.T) {
	for name, matches := range map[string]func(*http.Request) bool{
		"at start": func(*http.Request) bool { return true }, "at a purchase": onPost, "at rows": onRows,
	} {
		t.Run(name, func(t *testing.T) {
			w := newFaultWorld(t)
			stop := w.meddle(matches, -1, withAnswer(401, nil, `{"error": {"type": "invalid_request_error"}}`))
			_, _, err := w.round()
			if !errors.Is(err, stripe.ErrKeyRefused) {
				t.Fatalf("%v", err)
			}
			w.threeActs(false, stop)
		})
	}
}

func TestN12_ForbiddenAccountFailsAloneAndIsNotRepeated(t *testing.T) {
	w := newFaultWorld(t)
	id, asked := w.server.Accounts()[1], 0
	stop := w.meddle(func(r *http.Request) bool { return onRows(r) && r.URL.Query().Get("account") == id }, -1,
		func(r *http.Request, _ func() *http.Response) (*http.Response, error) {
			asked++
			return answered(r, 403, nil, `{"error": {"type": "invalid_request_error"}}`), nil
		})
	report := w.threeActs(false, stop)
	if asked != 1 || report.AccountsFailed != 1 {
		t.Errorf("asked %d times, %d accounts failed", asked, report.AccountsFailed)
	}
}
