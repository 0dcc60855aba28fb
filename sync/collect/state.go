package collect

import (
	"slices"
	"strings"

	"fcpipe/schema"
)

// State is what a page shows.
type State struct {
	Step     string         `json:"step"`
	Reason   string         `json:"reason,omitempty"` // in a sentence or two
	Accounts []ShownAccount `json:"accounts"`         // linked; never nil
	Progress string         `json:"progress,omitempty"`
}

// ShownAccount is an account as its holder knows it. It has no id.
type ShownAccount struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Shares   []string `json:"shares"`   // in words
	Balances []string `json:"balances"` // such as 1,200.00 USD
	// Awaits says that a balance is on its way
	Awaits       bool   `json:"awaits"`
	Transactions *int64 `json:"transactions"` // held; null until they were read
	id           string
}

func (s *State) isEnd() bool {
	return slices.Contains([]string{StepDone, StepExpired, StepBroken}, s.Step)
}

func (s *State) clone() State {
	copied := *s
	copied.Accounts = slices.Clone(s.Accounts)
	return copied
}

// take shows accounts as Stripe shows them now. What the first round told of them stays.
func (s *State) take(accounts []Linked) {
	before := s.Accounts
	s.Accounts = make([]ShownAccount, len(accounts))
	for i, a := range accounts {
		s.Accounts[i] = Show(a)
		for _, known := range before {
			if known.id == a.AccountID {
				s.Accounts[i].Transactions = known.Transactions
			}
		}
	}
}

// Show is an account as its holder knows it.
func Show(a Linked) ShownAccount {
	s := ShownAccount{
		Name: a.Name(), Kind: kindOf(a.Account), Shares: []string{}, Balances: []string{}, Awaits: a.AwaitsBalance(),
		id: a.AccountID,
	}
	for _, p := range Permissions {
		if slices.Contains(a.Permissions, p.Name) {
			s.Shares = append(s.Shares, strings.ReplaceAll(p.Name, "_", " "))
		}
	}
	for _, b := range a.Balances {
		if b.CurrentMinor != nil {
			s.Balances = append(s.Balances, Amount(*b.CurrentMinor, b.Currency))
		}
	}
	return s
}

// kindOf is what a person calls an account of a category.
func kindOf(a schema.Account) string {
	kind := a.Subcategory
	if kind == "" || kind == "other" {
		kind = a.Category + " account"
	}
	kind = strings.ReplaceAll(kind, "_", " ")
	return strings.ToUpper(kind[:1]) + kind[1:]
}
