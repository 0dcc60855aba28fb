package linking

import (
	"net/http"
	"slices"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/world"
)

// Authorization is the id of a holder's connection to a bank (preview): all their accounts there share it.
func (d *Desk) Authorization(a *world.Account) string {
	return draw.ID("fcauth_", d.World.Config.Seed, 0, "authorization "+a.Holder+" "+a.Institution, 0)
}

// relink reads relink_options; nil where there are none.
func (d *Desk) relink(f *form) *Relink {
	wanted := Relink{
		Authorization: f.text("relink_options[authorization]"), Account: f.text("relink_options[account]"),
	}
	if wanted.Authorization == "" && wanted.Account == "" {
		return nil
	}
	f.require("relink_options[authorization]", wanted.Authorization != "")
	authorized := d.authorized(wanted.Authorization)
	isOfIt := func(a *world.Account) bool { return a.ID == wanted.Account }
	switch {
	case wanted.Authorization != "" && len(authorized) == 0:
		f.refuse(answer.NoSuch("relink_options[authorization]", "financial_connections.authorization",
			wanted.Authorization))
	case wanted.Account != "" && !slices.ContainsFunc(authorized, isOfIt):
		f.refuse(answer.NoSuch("relink_options[account]", "financial_connections.account", wanted.Account))
	}
	return &wanted
}

// authorized are the accounts of an authorization.
func (d *Desk) authorized(id string) (accounts []*world.Account) {
	for _, a := range d.World.Accounts {
		if d.Authorization(a) == id {
			accounts = append(accounts, a)
		}
	}
	return accounts
}

func (d *Desk) holderOf(authorization string) Holder {
	for _, a := range d.authorized(authorization) {
		return Holder{ID: a.Holder, Connected: a.Connected}
	}
	return Holder{}
}

func (f *form) hasHolder() bool { return slices.ContainsFunc(holderParams, f.params.Has) }

// retrieveAuthorization shows a holder's connection to a bank; it is active while any account of it is.
func (d *Desk) retrieveAuthorization(r Request) (any, *answer.Error) {
	if !r.Version.Hosts() {
		return nil, answer.UnknownURL(http.MethodGet, "/v1/financial_connections/authorizations/"+r.ID)
	}
	accounts := d.authorized(r.ID)
	if len(accounts) == 0 {
		return nil, answer.Missing("financial_connections.authorization", r.ID)
	}
	isActive := func(a *world.Account) bool { return a.Status(r.At) == "active" }
	status := "inactive"
	if slices.ContainsFunc(accounts, isActive) {
		status = "active"
	}
	first := accounts[0]
	return object{
		"id": r.ID, "object": "financial_connections.authorization", "livemode": false, "status": status,
		"institution_name": first.Institution, "account_holder": HolderObject(first.Holder, first.Connected),
		"status_details": object{},
	}, nil
}
