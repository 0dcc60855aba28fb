// Package sync brings what people shared through Stripe Financial Connections into
// landing: it plans, asks Stripe to refresh, waits, fetches pages and lands their rows.
// A round is in round.go, from top to bottom; what a page becomes is in decode_*.go.
//
// Pages are fetched through stripe-go's backend, one request a page, and decoded into
// schema's rows from the raw JSON: stripe-go's own structs turn null into zero and its
// lists hide where a page ends. Its retries, logger and telemetry are off; retry.go is
// the one place that repeats a request.
package sync
