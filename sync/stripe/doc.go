// Package stripe sends requests to Stripe's API: single ones, and those for the pages of a list.
//
// stripe-go makes the requests, for its authentication, versions and parameters, and the errors of the API. Its
// retries, logger and telemetry are not used, and nor is its decoding: its structs turn null into zero, its lists
// hide where a page ends. A [Reply] is the JSON as it came.
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
// It imports nothing of ours, and is the only package that imports stripe-go.
package stripe
