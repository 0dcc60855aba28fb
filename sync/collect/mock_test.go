package collect

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"fcpipe/sync/stripe"
	"fcpipe/sync/synctest"
)

// TestEveryRequestIsOneStripeAccepts shows the v1 requests to the official stripe-mock, which knows their paths and
// parameters. Those of previews and of v2 it does not know: the simulator is strict about them.
func TestEveryRequestIsOneStripeAccepts(t *testing.T) {
	mock := synctest.StripeMock(t)
	shown := map[string]int{}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		mock.ServeHTTP(recorder, r)
		shown[r.Method+" "+r.URL.Path]++
		if recorder.Code != http.StatusOK {
			t.Errorf("%s %s: %d %s", r.Method, r.URL, recorder.Code, recorder.Body)
		}
		_, _ = w.Write(recorder.Body.Bytes())
	}))
	defer api.Close()
	client, err := stripe.New(stripe.Options{
		Key: "sk_test_mock", APIBase: api.URL, Clock: sleepless{}, Random: func() float64 { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	c := New(Options{Client: client, NewKey: func() string { return time.Now().String() }})
	ctx, w := t.Context(), &world{}
	whole := w.terms()
	whole.Permissions, whole.Prefetch = PermissionNames(), Prefetch(PermissionNames(), PermissionNames())
	whole.MaxAccounts, whole.ReturnURL = 5, "https://app.example.com/back"
	// what the mock answers is of other ids: only what was asked counts
	_, _, _ = c.FindOrCreate(ctx, Person{Email: "jo@example.com", Name: "Jo Doe", Phone: "+15555550100"})
	for _, h := range []Holder{{Customer, "cus_1"}, {CustomerAccount, "acct_1"}, {Account, "acct_1"}} {
		_, _ = c.Create(ctx, h, w.terms())
		_, _ = c.Create(ctx, h, whole)
		_, _ = c.Shared(ctx, h)
	}
	_ = c.Check(ctx, Holder{Customer, "cus_1"})
	_ = c.Check(ctx, Holder{Account, "acct_1"})
	_, _ = c.Retrieve(ctx, "fcsess_1")
	_, _ = c.Linked(ctx, "fcsess_1")
	if len(shown) < 6 || shown["POST "+sessionsPath] != 6 {
		t.Errorf("shown: %v", shown)
	}
}
