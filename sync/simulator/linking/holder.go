package linking

import (
	"slices"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/world"
)

// Holder is whose accounts a session collects.
type Holder struct {
	ID        string `json:"holder"`
	Connected bool   `json:"connected,omitempty"` // a connected account, not a customer or an account configured as one
}

// HolderObject is a holder as accounts, sessions and consents show it: customers and accounts configured as customers
// are both of type customer.
func HolderObject(id string, isConnected bool) map[string]any {
	switch {
	case isConnected:
		return object{"type": "account", "account": id}
	case world.IsCustomerAccount(id):
		return object{"type": "customer", "customer_account": id}
	}
	return object{"type": "customer", "customer": id}
}

var holderParams = []string{
	"account_holder[type]", "account_holder[account]", "account_holder[customer]", "account_holder[customer_account]",
}

// holder reads and checks account_holder.
func (d *Desk) holder(f *form) Holder {
	if text := f.params["account_holder"]; text != nil {
		f.refuse(answer.Invalid("", "account_holder", "Invalid object"))
	}
	hasAny := slices.ContainsFunc(holderParams, f.params.Has)
	f.require("account_holder", hasAny)
	kind := f.word("account_holder[type]", "account", "customer")
	f.require("account_holder[type]", kind != "")
	if kind == "account" {
		return d.connectedHolder(f)
	}
	if f.params.Has("account_holder[account]") {
		f.refuse(answer.Invalid("parameter_unknown", "account_holder[account]",
			"account_holder[account] goes with account_holder[type]=account."))
	}
	customer, account := f.text("account_holder[customer]"), f.text("account_holder[customer_account]")
	switch {
	case customer != "" && account != "":
		f.refuse(answer.Exclusive("account_holder", "customer", "customer_account"))
	case account != "":
		if !d.isConfigured(account, "customer") {
			f.refuse(answer.NoSuch("account_holder[customer_account]", "account", account))
		}
		return Holder{ID: account}
	case customer == "":
		f.refuse(answer.RequiredParam("account_holder[customer]"))
	case !slices.ContainsFunc(d.allCustomers(), func(c Customer) bool { return c.ID == customer }):
		f.refuse(answer.NoSuch("account_holder[customer]", "customer", customer))
	}
	return Holder{ID: customer}
}

// connectedHolder is a holder of type account: one that takes payments or is paid.
func (d *Desk) connectedHolder(f *form) Holder {
	id := f.text("account_holder[account]")
	f.require("account_holder[account]", id != "")
	for _, other := range []string{"account_holder[customer]", "account_holder[customer_account]"} {
		if f.params.Has(other) {
			f.refuse(answer.Invalid("parameter_unknown", other, other+" goes with account_holder[type]=customer."))
		}
	}
	if !d.isConfigured(id, "merchant", "recipient") {
		f.refuse(answer.NoSuch("account_holder[account]", "account", id))
	}
	return Holder{ID: id, Connected: true}
}

// isConfigured reports whether there is such an account and it has one of these configurations.
func (d *Desk) isConfigured(id string, any ...string) bool {
	return slices.ContainsFunc(d.allAccounts(), func(a CustomerAccount) bool {
		return a.ID == id &&
			slices.ContainsFunc(any, func(name string) bool { return slices.Contains(a.Configurations, name) })
	})
}

// retrieveConnected is a connected account as API v1 shows it. One that is unknown is not told from one of others.
func (d *Desk) retrieveConnected(r Request) (any, *answer.Error) {
	f := read(r.Params)
	if f.refused != nil {
		return nil, f.refused
	}
	for _, known := range d.CustomerAccounts {
		if known.ID == r.ID && d.isConfigured(known.ID, "merchant", "recipient") {
			return object{
				"id": known.ID, "object": "account", "email": orNull(known.ContactEmail), "type": "none",
				"created": known.Created.Unix(),
			}, nil
		}
	}
	e := answer.Forbidden("The provided key does not have access to account '" + r.ID +
		"' (or that account does not exist). Application access may have been revoked.")
	e.Code = "account_invalid"
	return nil, e
}
