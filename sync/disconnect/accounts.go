package disconnect

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fcpipe/schema"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// pageLimit of a holder's accounts are read: 10,000 accounts.
const pageLimit = 100

// customerAccount marks a holder that is a customer-configured account (Accounts v2), as in the configuration.
const customerAccount = "customer_account:"

// OfHolder are the accounts of a holder, those that are held and those that Stripe lists, in order of their ids.
// ErrNone means that the holder has no account.
func (d *Disconnector) OfHolder(ctx context.Context, holder string, state schema.State) ([]schema.Account, error) {
	id := strings.TrimPrefix(holder, customerAccount)
	found := map[string]schema.Account{}
	for _, held := range state.Accounts {
		if held.HolderID != nil && *held.HolderID == id {
			found[held.AccountID] = held.Account
		}
	}
	for _, client := range d.clients {
		listed, err := d.list(ctx, client, kindOf(holder), id)
		if err != nil {
			return nil, err
		}
		for _, a := range listed {
			if _, held := found[a.AccountID]; !held {
				found[a.AccountID] = a
			}
		}
	}
	if len(found) == 0 {
		return nil, none(holder)
	}
	accounts := make([]schema.Account, 0, len(found))
	for _, id := range slices.Sorted(maps.Keys(found)) {
		accounts = append(accounts, found[id])
	}
	return accounts, nil
}

// kindOf is the parameter of Stripe's list that names such a holder.
func kindOf(holder string) string {
	switch {
	case strings.HasPrefix(holder, customerAccount):
		return "customer_account"
	case strings.HasPrefix(holder, "acct_"):
		return "account"
	}
	return "customer"
}

// list reads the accounts of a holder at one Stripe account. One that does not know the holder has none of it.
func (d *Disconnector) list(ctx context.Context, client *stripe.Client, kind, id string) ([]schema.Account, error) {
	var found []schema.Account
	for page, err := range stripe.Pages(ctx, client, stripe.List[wire.Reading]{
		Operation: "list accounts", Path: stripe.Path("accounts"), MaxPages: pageLimit,
		Form: url.Values{"account_holder[" + kind + "]": {id}}, Open: wire.OpenList,
		Decode: func(raw []byte) (wire.Reading, string, error) {
			a, err := wire.DecodeAccount(raw)
			return a, a.AccountID, err
		},
	}) {
		var api *stripe.APIError
		switch {
		case errors.As(err, &api) && (api.Status == http.StatusNotFound || api.Code == "resource_missing"):
			return nil, nil
		case err != nil:
			return nil, err
		case page.Restarted:
			found = nil
		}
		for _, row := range page.Rows {
			if row.ID == "" {
				continue
			}
			account := row.Value.Account
			if account.AccountID = row.ID; client.Account() != "" {
				stripeAccount := client.Account()
				account.StripeAccountID = &stripeAccount
			}
			found = append(found, account)
		}
	}
	return found, nil
}
