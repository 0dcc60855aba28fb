// Package stripejs is a stand-in for Stripe.js: a script that defines Stripe(publishableKey, {stripeAccount}) with
// collectFinancialConnectionsAccounts, and the page of hosted sessions, which runs the same dialogue. Everything is
// written by hand and comes with this package; nothing of anybody else is loaded. The script works under a
// Content-Security-Policy without unsafe-inline: it makes elements through the DOM and its style sheet is constructed.
// It imports nothing of ours.
package stripejs
