package sync

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"fcpipe/sync/plan"
)

// What others do with the same Stripe account.

// refreshByOthers starts a refresh of transactions that is not ours.
func (w *world) refreshByOthers(id string) {
	w.t.Helper()
	w.refreshFeatureByOthers(id, plan.FeatureTransactions)
}

// refreshAll lets others refresh the transactions of every account.
func (w *world) refreshAll() {
	w.t.Helper()
	for _, id := range w.server.Accounts() {
		w.refreshByOthers(id)
	}
}

// refreshFeatureByOthers starts a refresh of a feature; the server must accept it.
func (w *world) refreshFeatureByOthers(id, feature string) {
	w.t.Helper()
	if status := w.post(id, "refresh", url.Values{"features[]": {feature}}.Encode()); status != http.StatusOK {
		w.t.Fatalf("refresh of %s by others: %d", id, status)
	}
}

// post acts on an account, and returns the status of the answer.
func (w *world) post(id, operation, body string) (status int) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost,
		fmt.Sprintf("http://simulator/v1/financial_connections/accounts/%s/%s", id, operation), strings.NewReader(body))
	w.must(err)
	r.Header.Set("Authorization", "Bearer sk_test_other")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := w.server.Transport().RoundTrip(r)
	w.must(err)
	w.must(answer.Body.Close())
	return answer.StatusCode
}
