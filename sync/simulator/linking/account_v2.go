package linking

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/world"
)

// CustomerAccount is an account made through Accounts v2: a holder. With the configuration customer it may be named as
// customer_account; with merchant or recipient it is a connected account.
type CustomerAccount struct {
	ID             string            `json:"id"`
	ContactEmail   string            `json:"contact_email,omitempty"`
	DisplayName    string            `json:"display_name,omitempty"`
	Configurations []string          `json:"configurations"` // sorted
	Identity       json.RawMessage   `json:"identity,omitempty"`
	Metadata       map[string]string `json:"metadata,omitempty"`
	Created        time.Time         `json:"created"`
}

var (
	configurations = []string{"customer", "merchant", "recipient"}
	includes       = []string{
		"configuration.customer", "configuration.merchant", "configuration.recipient", "defaults",
		"future_requirements", "identity", "requirements",
	}
)

// newAccount is the body of POST /v2/core/accounts.
type newAccount struct {
	ContactEmail  string                     `json:"contact_email"`
	ContactPhone  string                     `json:"contact_phone"`
	DisplayName   string                     `json:"display_name"`
	Dashboard     string                     `json:"dashboard"`
	Configuration map[string]json.RawMessage `json:"configuration"`
	Identity      json.RawMessage            `json:"identity"`
	Defaults      json.RawMessage            `json:"defaults"`
	Metadata      map[string]string          `json:"metadata"`
	Include       []string                   `json:"include"`
}

// previewed refuses requests of Accounts v2 without a preview version, and those of Stripe accounts without access.
func (r Request) previewed() *answer.Error {
	switch {
	case !r.Version.IsPreview():
		return answer.Invalid("", "",
			"Accounts v2 needs a preview version: send a Stripe-Version that ends in .preview.")
	case r.without("accounts_v2"):
		return answer.Withheld("Accounts v2",
			"Enable the preview at https://dashboard.stripe.com/settings/previews.")
	}
	return nil
}

func (d *Desk) createCustomerAccount(r Request) (any, *answer.Error) {
	if e := r.previewed(); e != nil {
		return nil, e
	}
	var wanted newAccount
	if e := readJSON(r.Body, &wanted); e != nil {
		return nil, e
	}
	if e := wanted.check(); e != nil {
		return nil, e
	}
	made := CustomerAccount{
		ID:           draw.ID("acct_", d.World.Config.Seed, len(d.CustomerAccounts), "made account", 0)[:21],
		ContactEmail: wanted.ContactEmail, DisplayName: wanted.DisplayName, Identity: wanted.Identity,
		Metadata: wanted.Metadata, Created: r.At,
	}
	for name := range wanted.Configuration {
		made.Configurations = append(made.Configurations, name)
	}
	slices.Sort(made.Configurations)
	d.CustomerAccounts = append(d.CustomerAccounts, made)
	return made.object(wanted.Include), nil
}

func (a newAccount) check() *answer.Error {
	if !isEmail(a.ContactEmail) {
		return answer.Invalid("email_invalid", "contact_email", "Invalid email address: "+a.ContactEmail)
	}
	names := make([]string, 0, len(a.Configuration))
	for name := range a.Configuration {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(configurations, name) {
			return answer.UnknownParam("configuration." + name)
		}
	}
	for i, name := range a.Include {
		if !slices.Contains(includes, name) {
			return answer.NotOneOf("include["+strconv.Itoa(i)+"]", includes)
		}
	}
	return nil
}

// object is what API v2 shows: what is not included is null, whatever its value.
func (a CustomerAccount) object(include []string) object {
	shown := object{
		"id": a.ID, "object": "v2.core.account", "applied_configurations": a.Configurations, "closed": false,
		"configuration": nil, "contact_email": orNull(a.ContactEmail), "contact_phone": nil,
		"created": a.Created.UTC().Format("2006-01-02T15:04:05.000Z"), "dashboard": nil, "defaults": nil,
		"display_name": orNull(a.DisplayName), "future_requirements": nil, "identity": nil, "livemode": false,
		"metadata": a.Metadata, "requirements": nil,
	}
	if a.Metadata == nil {
		shown["metadata"] = object{}
	}
	included := object{}
	for _, name := range include {
		configuration, isOne := strings.CutPrefix(name, "configuration.")
		switch {
		case isOne && slices.Contains(a.Configurations, configuration):
			included[configuration] = object{"applied": true, "capabilities": object{}}
		case isOne:
			included[configuration] = nil
		case name == "identity" && a.Identity != nil:
			shown["identity"] = a.Identity
		default:
			shown[name] = object{}
		}
	}
	if len(included) > 0 {
		shown["configuration"] = included
	}
	return shown
}

// allAccounts lists newest first: those made through the API, then the world's own holders of this kind.
func (d *Desk) allAccounts() []CustomerAccount {
	all := slices.Clone(d.CustomerAccounts)
	slices.Reverse(all)
	config := d.World.Config
	for holder := range config.Holders {
		if id := config.Holder(holder); world.IsCustomerAccount(id) {
			made := config.Start.Add(-time.Hour)
			all = append(all, CustomerAccount{ID: id, Configurations: []string{"customer"}, Created: made})
		}
	}
	return all
}

func (d *Desk) retrieveCustomerAccount(r Request) (any, *answer.Error) {
	if e := r.previewed(); e != nil {
		return nil, e
	}
	f := read(r.Params, "include[]")
	include := f.words("include", includes...)
	if f.refused != nil {
		return nil, f.refused
	}
	for _, known := range d.allAccounts() {
		if known.ID == r.ID {
			return known.object(include), nil
		}
	}
	return nil, answer.Missing("v2.core.account", r.ID)
}

// listCustomerAccounts pages as API v2 does: with the address of the next page.
func (d *Desk) listCustomerAccounts(r Request) (any, *answer.Error) {
	if e := r.previewed(); e != nil {
		return nil, e
	}
	f := read(r.Params, "limit", "page", "closed", "applied_configurations[]")
	wanted := f.words("applied_configurations", configurations...)
	limit, from := f.number("limit"), f.number("page")
	if f.refused != nil {
		return nil, f.refused
	}
	if limit == 0 {
		limit = 20
	}
	isOther := func(a CustomerAccount) bool {
		return slices.ContainsFunc(wanted, func(c string) bool { return !slices.Contains(a.Configurations, c) })
	}
	all := slices.DeleteFunc(d.allAccounts(), isOther)
	shown, next := []object{}, any(nil)
	for _, a := range all[min(from, len(all)):min(from+limit, len(all))] {
		shown = append(shown, a.object(nil))
	}
	if to := from + limit; to < len(all) {
		next = "/v2/core/accounts?limit=" + strconv.Itoa(limit) + "&page=" + strconv.Itoa(to)
	}
	return object{"data": shown, "next_page_url": next, "previous_page_url": nil}, nil
}
