// Package stripe sends requests to Stripe's API: single ones, and those for the pages of a list.
//
// stripe-go makes the requests, for its authentication, versions and parameters, and the errors of the API. Its
// retries, logger and telemetry are not used, and nor is its decoding: its structs turn null into zero, its lists
// hide where a page ends. A [Reply] is the JSON as it came.
//
// Where to look: request.go is one request (Send, also behind Get and Post of client.go), retry.go sends it again where
// that helps (isRetryable), with retry_budget.go and breaker.go; limits.go keeps rates and concurrency, by pacer.go and
// gate.go; exchange.go is one attempt, body.go what bounds its answer; errors.go and network.go name what failed.
// pages.go reads a list page by page, key.go keeps the key out of texts, options.go has what a caller sets.
//
// What it promises:
//
//   - A request is repeated in one place, [Client.Send], behind Get and Post too, only where that can help, as Stripe
//     says (Stripe-Should-Retry, Retry-After), within a budget of retries, and always under the same idempotency key.
//   - Rates and concurrency follow what Stripe allows; an endpoint that only fails is left alone for a while
//     (a circuit breaker for each operation), and after ten minutes of nothing but failures ErrOutage is returned.
//   - Only status 200 is an answer. One that is too large, after decompression, or that stops is refused.
//   - The key goes to the configured server alone, follows no redirect, and never shows in a text. Of a body an
//     error holds Stripe's code and the name of a parameter, nothing else.
//   - Time is the clock of [Options]; nothing here sleeps or reads the time otherwise, but for the timeouts of the
//     network.
//
// It imports nothing of ours, and is the only package that imports stripe-go, but for cmd/bench, where it is a
// baseline.
package stripe
