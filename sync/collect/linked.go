package collect

import (
	"context"
	"net/url"
	"slices"

	"fcpipe/schema"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// Linked is an account that a session ended with.
type Linked struct {
	schema.Account
	Balances []schema.Balance // in order of currency; none where the bank has not told any yet
}

// maxLinkedPages bounds the accounts of one session.
const maxLinkedPages = 10

// Linked are the accounts that a session ended with, as Stripe says; none while it lasts, and where nothing was shared.
func (c *Collector) Linked(ctx context.Context, sessionID string) ([]Linked, error) {
	return c.accounts(ctx, url.Values{"session": {sessionID}})
}

// Shared are the accounts that a holder shares.
func (c *Collector) Shared(ctx context.Context, h Holder) ([]Linked, error) {
	return c.accounts(ctx, url.Values{"account_holder[" + h.Kind + "]": {h.ID}})
}

func (c *Collector) accounts(ctx context.Context, filter url.Values) (all []Linked, err error) {
	for page, err := range stripe.Pages(ctx, c.options.Client, stripe.List[wire.Reading]{
		Operation: "list accounts", Path: stripe.Path("accounts"), Form: filter, MaxPages: maxLinkedPages,
		Open: wire.OpenList,
		Decode: func(raw []byte) (wire.Reading, string, error) {
			a, err := wire.DecodeAccount(raw)
			return a, a.AccountID, err
		},
	}) {
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			if row.Err != nil || row.Value.Livemode != c.options.Livemode {
				return nil, &stripe.PageError{RequestID: page.RequestID, Problem: "a row that is no account of ours"}
			}
			if row.IsNew {
				all = append(all, Linked{row.Value.Account, row.Value.Balances})
			}
		}
	}
	return all, nil
}

// PermissionsOf are the permissions that accounts which are not disconnected share, in the order of Permissions.
func PermissionsOf(accounts []Linked) []string {
	return slices.DeleteFunc(PermissionNames(), func(name string) bool {
		return !slices.ContainsFunc(accounts, func(a Linked) bool {
			return a.Status != "disconnected" && slices.Contains(a.Permissions, name)
		})
	})
}

// Name is what a person knows an account by: its bank, what the bank calls it, its last digits.
func (l Linked) Name() string {
	name := l.InstitutionName
	if l.DisplayName != nil {
		name += ", " + *l.DisplayName
	}
	if l.Last4 != nil {
		name += ", ending in " + *l.Last4
	}
	return name
}

// AwaitsBalance reports whether a balance is on its way: it is shared, and Stripe has asked the bank for it.
func (l Linked) AwaitsBalance() bool {
	return len(l.Balances) == 0 && l.BalanceRefresh != nil && l.BalanceRefresh.Status == "pending"
}
