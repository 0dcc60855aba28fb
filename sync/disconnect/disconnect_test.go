package disconnect

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/stripe"
	"fcpipe/sync/synctest"
)

// stillClock is a time in which sleeping takes none.
type stillClock struct{}

func (stillClock) Now() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }

func (stillClock) Sleep(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }

type answering func(*http.Request) *http.Response

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := a(r)
	answer.Request = r
	return answer, nil
}

func answer(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}, "Request-Id": {"req_1"}},
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

func account(status string) string {
	return `{"id":"fca_1","object":"financial_connections.account","category":"cash","subcategory":"checking",` +
		`"created":1760000000,"institution_name":"Bank","livemode":false,"status":"` + status + `",` +
		`"supported_payment_method_types":[]}`
}

func disconnecting(t *testing.T, connected []string, by answering) (*Disconnector, *journal.Journal) {
	t.Helper()
	d, err := New(Options{
		Stripe: stripe.Options{
			Key: "sk_test_1", APIBase: "http://stripe", Transport: by, Concurrency: 1, Clock: stillClock{},
			Random: func() float64 { return 0 },
		},
		Connected: connected,
	})
	if err != nil {
		t.Fatal(err)
	}
	log, err := journal.Open(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	return d, log
}

// The same request has the same key, whatever ended the first one; only where Stripe said no another one is asked.
func TestARequestHasADurableRecordAndADerivedKey(t *testing.T) {
	var keys []string
	answers := []*http.Response{
		answer(400, `{"error":{"code":"not_now"}}`), answer(200, `{"odd":true}`), answer(200, account("active")),
		answer(200, account("disconnected")), answer(200, account("disconnected")),
	}
	var log *journal.Journal
	d, log := disconnecting(t, nil, func(r *http.Request) *http.Response {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		if pending := log.Disconnections()["fca_1"]; pending.Key != keys[len(keys)-1] || pending.Done {
			t.Errorf("sent before its record was durable: %+v", pending)
		}
		return answers[len(keys)-1]
	})
	want := []string{Failed, Failed, Failed, Disconnected, Already}
	held := schema.Account{AccountID: "fca_1", Status: "active"}
	for n, outcome := range want {
		if n == 4 {
			held.Status = "disconnected"
		}
		result, err := d.Disconnect(t.Context(), held, "run", log)
		if err != nil || result.Outcome != outcome || (result.Err != nil) != (outcome == Failed) {
			t.Errorf("request %d: %+v %v", n, result, err)
		}
		if log, err = journal.Open(log.Path()); err != nil {
			t.Fatal(err)
		}
	}
	if len(keys) != 5 || keys[0] == keys[1] || keys[1] != keys[2] || keys[2] != keys[3] || keys[3] != keys[4] {
		t.Errorf("keys %v", keys)
	}
	if last := log.Disconnections()["fca_1"]; !last.Done || last.Attempt != 2 || last.RequestID != "req_1" {
		t.Errorf("%+v", last)
	}
}

// A refused key ends the run; an account that Stripe does not know is an answer.
func TestWhatEndsTheRunAndWhatDoesNot(t *testing.T) {
	d, log := disconnecting(t, nil, func(*http.Request) *http.Response { return answer(401, `{"error":{}}`) })
	if _, err := d.Disconnect(t.Context(), schema.Account{AccountID: "fca_1"}, "run", log); !errors.Is(
		err, stripe.ErrKeyRefused,
	) {
		t.Errorf("a refused key: %v", err)
	}
	d, log = disconnecting(t, nil, func(*http.Request) *http.Response { return answer(404, `{"error":{}}`) })
	result, err := d.Disconnect(t.Context(), schema.Account{AccountID: "fca_1"}, "run", log)
	if err != nil || result.Outcome != Unknown || !log.Disconnections()["fca_1"].Done {
		t.Errorf("unknown: %+v %v", result, err)
	}
}

// A holder's accounts are those that are held and those that Stripe lists, each asked for where it was seen.
func TestAHoldersAccountsAreFoundHereAndAtStripe(t *testing.T) {
	holder, connected := "cus_1", "acct_2"
	var asked []string
	d, log := disconnecting(t, []string{connected}, func(r *http.Request) *http.Response {
		asked = append(asked, r.Method+" "+r.URL.Path+" "+r.Header.Get("Stripe-Account"))
		switch {
		case r.Method == http.MethodPost:
			id := filepath.Base(filepath.Dir(r.URL.Path))
			return answer(200, strings.Replace(account("disconnected"), "fca_1", id, 1))
		case r.URL.Query().Get("account_holder[customer]") != holder:
			t.Errorf("asked for %s", r.URL)
		case r.Header.Get("Stripe-Account") == connected:
			return answer(200, `{"object":"list","url":"/","has_more":false,"data":[`+account("active")+`]}`)
		}
		return answer(404, `{"error":{"code":"resource_missing"}}`)
	})
	state := schema.State{Accounts: map[string]schema.AccountState{
		"fca_0": {Account: schema.Account{AccountID: "fca_0", HolderID: &holder}},
		"fca_9": {Account: schema.Account{AccountID: "fca_9"}},
	}}
	accounts, err := d.OfHolder(t.Context(), holder, state)
	if err != nil || len(accounts) != 2 {
		t.Fatalf("%+v %v", accounts, err)
	}
	for _, a := range accounts {
		if result, err := d.Disconnect(t.Context(), a, "run", log); err != nil || result.Outcome != Disconnected {
			t.Errorf("%+v %v", result, err)
		}
	}
	const below = "/v1/financial_connections/accounts"
	if got := strings.Join(asked, "\n"); got != "GET "+below+" \nGET "+below+" acct_2\nPOST "+below+
		"/fca_0/disconnect \nPOST "+below+"/fca_1/disconnect acct_2" {
		t.Errorf("asked:\n%s", got)
	}
	if reads := d.Reads(); reads[""] != 1 || reads[connected] != 1 {
		t.Errorf("%v", reads)
	}
}

// TestEveryRequestIsOneStripeAccepts shows them to the official stripe-mock.
func TestEveryRequestIsOneStripeAccepts(t *testing.T) {
	mock := synctest.StripeMock(t)
	accepted := 0
	d, log := disconnecting(t, nil, func(r *http.Request) *http.Response {
		recorder := httptest.NewRecorder()
		if r.RequestURI = r.URL.RequestURI(); r.Body == nil {
			r.Body = http.NoBody
		}
		mock.ServeHTTP(recorder, r)
		if recorder.Code == http.StatusOK {
			accepted++
		}
		return recorder.Result()
	})
	for _, holder := range []string{"cus_1", "acct_1"} {
		_, _ = d.OfHolder(t.Context(), holder, schema.State{})
	}
	_, _ = d.Disconnect(t.Context(), schema.Account{AccountID: "fca_1"}, "run", log)
	if accepted != 3 {
		t.Errorf("%d of 3 requests were accepted", accepted)
	}
}
