package sync

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	stripego "github.com/stripe/stripe-go/v82"

	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// benchPage is a page of 100 transactions, indented as Stripe sends it.
func benchPage() []byte {
	var b bytes.Buffer
	b.WriteString("{\n  \"object\": \"list\",\n  \"data\": [")
	for n := range 100 {
		if n > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `
    {
      "id": "fctxn_1Pabcdefghijklmnopq%05d",
      "object": "financial_connections.transaction",
      "account": "fca_1PabcdefghijklmnopqrsTU",
      "amount": %d,
      "currency": "usd",
      "description": "CARD PURCHASE 1234 CAF\u00c9 NERO %05d",
      "livemode": false,
      "status": "posted",
      "status_transitions": {
        "posted_at": %d,
        "void_at": null
      },
      "transacted_at": %d,
      "transaction_refresh": "fctxnref_1PabcdefghijklmnopqrsTU",
      "updated": %d
    }`, n, -1000-n, n, 1760000000+n, 1760000000+n, 1760000001+n)
	}
	b.WriteString("\n  ],\n  \"has_more\": false,\n  \"url\": \"/v1/financial_connections/transactions\"\n}")
	return b.Bytes()
}

func cannedTransport(body []byte) http.RoundTripper {
	return tripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Request-Id": {"req_1"}},
			Body:          io.NopCloser(bytes.NewReader(body)),
			ContentLength: int64(len(body)), Request: r,
		}, nil
	})
}

// BenchmarkPage reads one page of 100 rows, transport aside: as fcpipe does, and as stripe-go's List does.
func BenchmarkPage(b *testing.B) {
	body := benchPage()
	perRow := func(b *testing.B) { b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/row") }
	b.Run("fcpipe", func(b *testing.B) {
		c, err := stripe.New(stripe.Options{
			Key: "sk_test_bench", APIBase: "https://api.stripe.com", Transport: cannedTransport(body),
			Clock: stillClock{}, Concurrency: 1,
			IsJSON: wire.IsJSON,
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			f := newFetch(&round{}, reading{}, 1)
			f.account.AccountID = "fca_1PabcdefghijklmnopqrsTU"
			list := f.transactions(nil)
			list.Reserve = nil
			for page, err := range stripe.Pages(b.Context(), c, list) {
				if rows := f.rowsOf(page); err != nil || len(rows.Transactions) != 100 {
					b.Fatal(err)
				}
			}
		}
		perRow(b)
	})
	b.Run("stripe-go", func(b *testing.B) {
		retries, telemetry := int64(0), false
		backend := stripego.GetBackendWithConfig(stripego.APIBackend, &stripego.BackendConfig{
			MaxNetworkRetries: &retries, EnableTelemetry: &telemetry,
			LeveledLogger: &stripego.LeveledLogger{Level: stripego.LevelNull},
			HTTPClient:    &http.Client{Transport: cannedTransport(body)},
		})
		c := stripego.NewClient("sk_test_bench", stripego.WithBackends(&stripego.Backends{API: backend}))
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			for _, err := range c.V1FinancialConnectionsTransactions.List(b.Context(),
				&stripego.FinancialConnectionsTransactionListParams{Account: stripego.String("fca_1")}) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != 100 {
				b.Fatal(n)
			}
		}
		perRow(b)
	})
}
