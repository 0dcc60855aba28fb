package linking

import (
	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
)

var (
	permissions   = []string{"balances", "ownership", "payment_method", "transactions"}
	prefetches    = []string{"balances", "ownership", "transactions"}
	subcategories = []string{"checking", "credit_card", "line_of_credit", "mortgage", "savings"}
)

// sessionParams are those of a version.
func sessionParams(v Version) []string {
	allowed := append([]string{
		"permissions[]", "prefetch[]", "filters[account_subcategories][]", "filters[require_payment_method_support]",
		"limits[accounts]", "manual_entry[mode]", "return_url",
	}, holderParams...)
	if v.isSince(endive) {
		allowed = append(allowed, "filters[country]")
	} else {
		allowed = append(allowed, "filters[countries][]")
	}
	if v.Hosts() {
		allowed = append(allowed, "ui_mode", "hosted[delivery_method]", "hosted[return_url]",
			"relink_options[authorization]", "relink_options[account]")
	}
	return allowed
}

func (d *Desk) createSession(r Request) (any, *answer.Error) {
	f := read(r.Params, sessionParams(r.Version)...)
	number := len(d.Sessions)
	made := Session{
		ID:            draw.ID("fcsess_", d.World.Config.Seed, number, "session", 0),
		StripeAccount: r.StripeAccount, Created: r.At,
	}
	made.Relink = d.relink(f)
	if made.Relink != nil && !f.hasHolder() {
		made.Holder = d.holderOf(made.Relink.Authorization)
	} else {
		made.Holder = d.holder(f)
	}
	made.Permissions = f.words("permissions", permissions...)
	f.require("permissions", len(made.Permissions) > 0)
	made.Prefetch = f.words("prefetch", r.prefetches()...)
	made.filter(f, r.Version)
	made.Hosted = d.hosted(f, r, number, made.Relink != nil)
	if f.refused == nil {
		f.refused = r.withheld(made)
	}
	if f.refused != nil {
		return nil, f.refused
	}
	d.Sessions = append(d.Sessions, made)
	return d.object(&d.Sessions[number], r.Version), nil
}

func (r Request) prefetches() []string {
	if r.Version.Hosts() {
		return append([]string{"inferred_balances"}, prefetches...)
	}
	return prefetches
}

// filter reads which accounts may be linked, with the defaults of the version where they are known. Before endive they
// depend on the holder: of a connected account one account is collected.
func (s *Session) filter(f *form, v Version) {
	s.Subcategories = f.words("filters[account_subcategories]", subcategories...)
	s.PaymentSupport = f.word("filters[require_payment_method_support]", "all", "at_least_one", "none")
	s.Limit = f.number("limits[accounts]")
	s.ManualEntry = f.word("manual_entry[mode]", "automatic", "disabled")
	s.ReturnURL = f.url("return_url")
	countries, names := f.list("filters[countries]")
	if f.params.Has("filters[country]") {
		countries, names = []string{f.text("filters[country]")}, []string{"filters[country]"}
	}
	for i, country := range countries {
		if country != "US" {
			f.refuse(answer.Invalid("", names[i], "Financial Connections is not available in country '"+country+"'."))
		}
	}
	s.Countries = countries
	if v.isSince(endive) && s.ManualEntry == "" {
		s.ManualEntry = "disabled"
	}
	if v.isSince(endive) && s.PaymentSupport == "" {
		s.PaymentSupport = "none"
	}
	if !v.isSince(endive) && s.Connected && !f.params.Has("limits[accounts]") {
		s.Limit = 1
	}
}

// withheld refuses what this Stripe account has no access to.
func (r Request) withheld(s Session) *answer.Error {
	if r.without("registration") {
		return answer.Withheld("Financial Connections",
			"Register at https://dashboard.stripe.com/settings/financial-connections.")
	}
	for _, permission := range s.Permissions {
		if r.without(permission) {
			e := answer.Withheld("the Financial Connections permission "+permission,
				"Ask for it at https://dashboard.stripe.com/settings/financial-connections.")
			e.Param = "permissions"
			return e
		}
	}
	if s.Hosted != nil && r.without("hosted") {
		return answer.Withheld("hosted Financial Connections Sessions",
			"Ask financial-connections-beta+hosted-relink-api@stripe.com for it.")
	}
	return nil
}

// hosted reads ui_mode and hosted.
func (d *Desk) hosted(f *form, r Request, number int, isRelink bool) *Hosted {
	mode := f.word("ui_mode", "hosted", "modal")
	delivery := f.word("hosted[delivery_method]", "email", "url")
	back := f.url("hosted[return_url]")
	switch {
	case mode != "hosted" && (delivery != "" || back != ""):
		f.refuse(answer.Invalid("", "hosted", "hosted can only be used if ui_mode is hosted."))
	case mode == "hosted" && delivery == "" && back == "":
		f.refuse(answer.RequiredParam("hosted"))
	case delivery != "" && !isRelink:
		f.refuse(answer.Invalid("", "hosted[delivery_method]",
			"The values email and url can only be used if relink_options is provided."))
	case mode == "hosted":
		return &Hosted{Delivery: delivery, ReturnURL: back, URL: r.Address + HostedPath + d.token(number)}
	}
	return nil
}

// HostedPath begins the address of a hosted session.
const HostedPath = "/hosted/"
