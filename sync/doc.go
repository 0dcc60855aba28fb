// Package sync brings what people shared through Stripe Financial Connections into
// landing: it plans, asks Stripe to refresh, waits, fetches pages and lands their rows.
// A round is in round.go, from top to bottom; what a page becomes is in package wire.
//
// Requests are sent by sync/stripe, one a page; rows are decoded into schema's from the raw JSON.
package sync
