// Package answer is the shape of Stripe's answers: errors, lists and their pages, and changes to fields of a JSON
// document that leave the rest as it is written. It knows no account and no clock, and imports only draw.
package answer
