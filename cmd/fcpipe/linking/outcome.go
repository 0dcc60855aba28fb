package linking

import (
	"strings"
	"time"

	"fcpipe/sync/collect"
)

// Balances are the current balances of an account as people read them; "" where none is told.
func Balances(a collect.Linked) string {
	var parts []string
	for _, b := range a.Balances {
		if b.CurrentMinor != nil {
			parts = append(parts, collect.Amount(*b.CurrentMinor, b.Currency))
		}
	}
	return strings.Join(parts, ", ")
}

// outcome is what was linked, for programs.
type outcome struct {
	Session  string          `json:"session"`
	URL      string          `json:"url,omitempty"` // of a page of Stripe's that is not awaited
	Accounts []linkedAccount `json:"accounts"`
	Round    string          `json:"round"` // in a line
}

type linkedAccount struct {
	AccountID    string    `json:"account_id"`
	Institution  string    `json:"institution"`
	Last4        *string   `json:"last4"`
	Permissions  []string  `json:"permissions"`
	Balances     []balance `json:"balances"`
	Transactions *int64    `json:"transactions"` // held; null is not yet read
}

// balance is in minor units; null is not stated.
type balance struct {
	Currency       string    `json:"currency"`
	CurrentMinor   *int64    `json:"current_minor"`
	AvailableMinor *int64    `json:"available_minor"`
	UsedMinor      *int64    `json:"used_minor"`
	AsOf           time.Time `json:"as_of"`
}

// JSON is what was linked, for programs.
func JSON(o collect.Outcome) any {
	all := outcome{Session: o.Session, URL: o.URL, Accounts: []linkedAccount{}, Round: o.Round.Summary}
	for _, a := range o.Accounts {
		shown := linkedAccount{
			AccountID: a.AccountID, Institution: a.InstitutionName, Last4: a.Last4, Permissions: a.Permissions,
			Balances: []balance{},
		}
		if held, isRead := o.Round.Transactions[a.AccountID]; isRead {
			shown.Transactions = &held
		}
		for _, b := range a.Balances {
			shown.Balances = append(shown.Balances, balance{
				b.Currency, b.CurrentMinor, b.AvailableMinor, b.UsedMinor, b.AsOf,
			})
		}
		all.Accounts = append(all.Accounts, shown)
	}
	return all
}
