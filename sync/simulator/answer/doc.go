// Package answer is the shape of Stripe's answers: errors, lists and their pages, and changes to fields of a JSON
// document that leave the rest as it is written. It knows no account and no clock, and imports only draw.
//
// Where to look: answer.go is a finished answer, errors.go and params.go what is refused, list.go and page.go lists;
// fields.go changes a field, novelty.go adds what today's clients do not know.
package answer
