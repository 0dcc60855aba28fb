package collect

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"fcpipe/sync/simulator"
	"fcpipe/sync/stripe"
)

func TestHoldersAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]Holder{
		"cus_1": {Customer, "cus_1"}, "acct_1": {Account, "acct_1"},
		"customer_account:acct_1": {CustomerAccount, "acct_1"},
	} {
		if h, err := ParseHolder(text); err != nil || h != want || h.String() != text {
			t.Errorf("%s: %v, %v", text, h, err)
		}
	}
	for _, text := range []string{"", "cus_", "cus_a/b", "fca_1", "customer_account:cus_1", "acct_1\n", "cus_1 "} {
		if h, err := ParseHolder(text); !errors.Is(err, ErrNoHolder) {
			t.Errorf("%q is %v: %v", text, h, err)
		}
	}
}

// TestOneEmailIsOneCustomer, also when two ask at the same time.
func TestOneEmailIsOneCustomer(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			h, _, err := w.collector.FindOrCreate(t.Context(), Person{Email: "jo@example.com"})
			if ids[i] = h.ID; err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	h, created, err := w.collector.FindOrCreate(t.Context(), Person{Email: "jo@example.com", Name: "Jo"})
	if err != nil || created || len(slices.Compact(append(ids, h.ID))) != 1 {
		t.Errorf("%v and %v, created %v: %v", ids, h, created, err)
	}
}

// TestSeveralCustomersAreNamedAndNoneIsChosen.
func TestSeveralCustomersAreNamedAndNoneIsChosen(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	first := w.customer()
	_, err := w.client.Post(t.Context(), "create customer", "/v1/customers",
		map[string][]string{"email": {"jo@example.com"}}, "another program's")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = w.collector.FindOrCreate(t.Context(), Person{Email: "jo@example.com"})
	several, is := errors.AsType[*SeveralError](err)
	if !is || len(several.IDs) != 2 || !slices.Contains(several.IDs, first.ID) ||
		strings.Contains(err.Error(), "jo@example.com") {
		t.Errorf("%v", err)
	}
}

// TestACustomerWhoWasDeletedIsMadeAgain: Stripe answers a known key with the one that is gone.
func TestACustomerWhoWasDeletedIsMadeAgain(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	var made int
	keys := map[string]string{}
	w.answer = func(rw http.ResponseWriter, r *http.Request) bool {
		id, isDeleted := strings.CutPrefix(r.URL.Path, "/v1/customers/")
		switch {
		case r.URL.Path == "/v1/customers" && r.Method == http.MethodGet:
			_, _ = io.WriteString(rw, `{"object":"list","data":[],"has_more":false}`)
		case r.URL.Path == "/v1/customers":
			key := r.Header.Get("Idempotency-Key")
			if keys[key] == "" {
				made++
				keys[key] = fmt.Sprintf("cus_%d", made)
			}
			_, _ = fmt.Fprintf(rw, `{"object":"customer","id":%q,"email":"jo@example.com"}`, keys[key])
		case isDeleted:
			_, _ = fmt.Fprintf(rw, `{"object":"customer","id":%q,"deleted":%v}`, id, id != "cus_3")
		default:
			return false
		}
		return true
	}
	h, created, err := w.collector.FindOrCreate(t.Context(), Person{Email: "jo@example.com"})
	if err != nil || !created || h.ID != "cus_3" || made != 3 {
		t.Errorf("%v, created %v, %d made: %v", h, created, made, err)
	}
}

func TestHoldersAreChecked(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	jo := Person{Email: "jo@example.com", Name: "Jo", Phone: "+1555"}
	account, err := w.collector.CreateAccountV2(t.Context(), jo)
	if err != nil || account.Kind != CustomerAccount {
		t.Fatal(account, err)
	}
	again, err := w.collector.CreateAccountV2(t.Context(), jo)
	if err != nil || again != account {
		t.Errorf("made twice: %v and %v: %v", account, again, err)
	}
	for _, h := range []Holder{w.customer(), account} {
		if err := w.collector.Check(t.Context(), h); err != nil {
			t.Errorf("%v: %v", h, err)
		}
	}
	for _, h := range []Holder{{Customer, "cus_none"}, {CustomerAccount, "acct_none"}, {"", "cus_1"}} {
		if err := w.collector.Check(t.Context(), h); !errors.Is(err, ErrNoHolder) {
			t.Errorf("%v: %v", h, err)
		}
	}
	_, err = w.collector.Create(t.Context(), Holder{Customer, "cus_none"}, w.terms())
	if !errors.Is(err, ErrNoHolder) {
		t.Errorf("a session of a holder who is not there: %v", err)
	}
}

func TestAnEmailWithAnotherNameIsSaid(t *testing.T) {
	w := newWorld(t, simulator.Config{})
	if _, err := w.collector.CreateAccountV2(t.Context(), Person{Email: "jo@example.com"}); err != nil {
		t.Fatal(err)
	}
	_, err := w.collector.CreateAccountV2(t.Context(), Person{Email: "jo@example.com", Name: "Other"})
	if err == nil || !strings.Contains(err.Error(), "another name or phone") {
		t.Errorf("%v", err)
	}
}

func TestEmailsAreAddresses(t *testing.T) {
	for _, email := range []string{
		"", "jo", "Jo <jo@example.com>", "jo@example.com, x@example.com", " jo@example.com",
	} {
		if (Person{Email: email}).CheckEmail() == nil {
			t.Errorf("%q passes", email)
		}
	}
	if err := (Person{Email: "jo@example.com"}).CheckEmail(); err != nil {
		t.Error(err)
	}
}

// TestRefusalsAreTold apart: the key, the Stripe account, no network.
func TestRefusalsAreTold(t *testing.T) {
	for want, refusal := range map[error]struct {
		status int
		body   string
	}{
		stripe.ErrKeyRefused:  {403, `{"error":{"type":"invalid_request_error"}}`},
		ErrNotEnabled:         {400, `{"error":{"type":"invalid_request_error","param":"permissions"}}`},
		ErrNoHolder:           {404, `{"error":{"type":"invalid_request_error","code":"resource_missing"}}`},
		stripe.ErrUnreachable: {503, `{"error":{"type":"api_error"}}`},
	} {
		w := newWorld(t, simulator.Config{})
		w.answer = func(rw http.ResponseWriter, _ *http.Request) bool {
			rw.WriteHeader(refusal.status)
			_, _ = io.WriteString(rw, refusal.body)
			return true
		}
		_, err := w.collector.Create(t.Context(), Holder{Customer, "cus_1"}, w.terms())
		if !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", refusal.status, err, want)
		}
	}
}
