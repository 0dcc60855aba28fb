package main

import (
	"context"
	"net/http"
	"sync/atomic"

	stripe "github.com/stripe/stripe-go/v82"
	"golang.org/x/sync/errgroup"
)

// countingTransport counts requests.
type countingTransport struct {
	http.RoundTripper
	requests atomic.Int64
}

func (t *countingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.requests.Add(1)
	return t.RoundTripper.RoundTrip(r)
}

// readWithStripeGo lists every account's transactions with stripe-go's own auto-pagination, a hundred a page, and
// throws them away. It takes the address of the server.
func readWithStripeGo(ctx context.Context, arguments []string) (told, error) {
	counted := &countingTransport{RoundTripper: transport()}
	retries, telemetry := int64(0), false
	client := stripe.NewClient("sk_test_bench", stripe.WithBackends(stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL: &arguments[0], MaxNetworkRetries: &retries, EnableTelemetry: &telemetry,
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
		HTTPClient:    &http.Client{Transport: counted},
	})))
	var rows atomic.Int64
	did, err := timed(func() error { return paginate(ctx, client, &rows) })
	did.Rows, did.Requests = rows.Load(), counted.requests.Load()
	return did, err
}

func paginate(ctx context.Context, client *stripe.Client, rows *atomic.Int64) error {
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(connections)
	accounts := &stripe.FinancialConnectionsAccountListParams{}
	accounts.Limit = stripe.Int64(100)
	for account, err := range client.V1FinancialConnectionsAccounts.List(ctx, accounts) {
		if err != nil {
			return err
		}
		group.Go(func() error {
			params := &stripe.FinancialConnectionsTransactionListParams{Account: &account.ID}
			params.Limit = stripe.Int64(100)
			for _, err := range client.V1FinancialConnectionsTransactions.List(groupCtx, params) {
				if err != nil {
					return err
				}
				rows.Add(1)
			}
			return nil
		})
	}
	return group.Wait()
}
