package linking

import (
	"slices"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/world"
)

// Session is a request to link accounts. Fields that are empty were not asked for.
type Session struct {
	ID string `json:"id"`
	Holder
	StripeAccount string    `json:"stripe_account,omitempty"` // the connected account it was made for
	Permissions   []string  `json:"permissions"`              // sorted
	Prefetch      []string  `json:"prefetch"`                 // sorted
	Created       time.Time `json:"created"`

	Subcategories  []string `json:"subcategories,omitempty"`
	Countries      []string `json:"countries,omitempty"`
	PaymentSupport string   `json:"payment_support,omitempty"`
	Limit          int      `json:"limit,omitempty"` // 0 is none
	ManualEntry    string   `json:"manual_entry,omitempty"`
	ReturnURL      string   `json:"return_url,omitempty"`

	Hosted *Hosted `json:"hosted,omitempty"`
	Relink *Relink `json:"relink,omitempty"`

	Status    string    `json:"status,omitempty"` // "" is pending; succeeded, failed, cancelled, expired
	EndedAt   time.Time `json:"ended_at,omitzero"`
	ConsentID string    `json:"consent_id,omitempty"` // the evidence the client came with
	Outcome   string    `json:"outcome,omitempty"`    // of it: consent_accepted or consent_required
}

// Hosted is a session whose holder is sent an address instead of being shown a client.
type Hosted struct {
	Delivery  string `json:"delivery,omitempty"` // email, url, or empty: it is for the first link
	ReturnURL string `json:"return_url,omitempty"`
	URL       string `json:"url"`
}

// Relink is a session that connects again what a holder had connected.
type Relink struct {
	Authorization string   `json:"authorization"`
	Account       string   `json:"account,omitempty"`    // of it; empty: any
	Relinked      []string `json:"relinked,omitempty"`   // the accounts that are connected again
	WhyFailed     string   `json:"why_failed,omitempty"` // no_account, no_authorization or other
}

// secret is what opens the session in the client.
func (d *Desk) secret(s *Session) string {
	return draw.ID("fcsess_client_secret_", d.World.Config.Seed, d.numberOf(s), "client secret", 0)
}

// token is what opens a hosted session: the last part of its address.
func (d *Desk) token(number int) string {
	return draw.ID("fchosted_", d.World.Config.Seed, number, "hosted session", 0)
}

func (d *Desk) numberOf(s *Session) int {
	return slices.IndexFunc(d.Sessions, func(known Session) bool { return known.ID == s.ID })
}

// Session finds a session; nil where there is none.
func (d *Desk) Session(id string) *Session {
	for i := range d.Sessions {
		if d.Sessions[i].ID == id {
			return &d.Sessions[i]
		}
	}
	return nil
}

func (d *Desk) retrieveSession(r Request) (any, *answer.Error) {
	if f := read(r.Params); f.refused != nil {
		return nil, f.refused
	}
	s := d.Session(r.ID)
	if s == nil || s.StripeAccount != r.StripeAccount {
		return nil, answer.Missing("financial_connections.session", r.ID)
	}
	return d.object(s, r.Version), nil
}

// Linked are the accounts that a session connected, in the order of their linking.
func (d *Desk) Linked(s *Session) (linked []*world.Account) {
	for _, a := range d.World.Accounts {
		isAgain := s.Relink != nil && slices.Contains(s.Relink.Relinked, a.ID)
		if isAgain || a.State.LinkedBy != nil && a.State.LinkedBy.Session == s.ID {
			linked = append(linked, a)
		}
	}
	return linked
}

// object is a session as a version of the API shows it.
func (d *Desk) object(s *Session, version Version) object {
	linked := []object{}
	for _, a := range d.Linked(s) {
		linked = append(linked, d.Show(a))
	}
	shown := object{
		"id": s.ID, "object": "financial_connections.session", "livemode": false,
		"account_holder": HolderObject(s.Holder.ID, s.Connected), "permissions": s.Permissions,
		"prefetch": s.Prefetch, "client_secret": d.secret(s), "filters": s.filters(version),
		"accounts": object{
			"object": "list", "data": linked, "has_more": false, "url": "/v1/financial_connections/accounts",
		},
	}
	if s.Limit > 0 {
		shown["limits"] = object{"accounts": s.Limit}
	}
	if s.ManualEntry != "" {
		shown["manual_entry"] = object{"mode": s.ManualEntry}
	}
	if s.ReturnURL != "" {
		shown["return_url"] = s.ReturnURL
	}
	if s.Hosted != nil {
		shown["client_secret"] = nil
	}
	if version.Hosts() {
		s.preview(shown)
	}
	return shown
}

func (s *Session) filters(version Version) object {
	shown := object{"account_subcategories": nil}
	if len(s.Subcategories) > 0 {
		shown["account_subcategories"] = s.Subcategories
	}
	if s.PaymentSupport != "" {
		shown["require_payment_method_support"] = s.PaymentSupport
	}
	switch {
	case version.isSince(endive) && len(s.Countries) > 0:
		shown["country"] = s.Countries[0]
	case version.isSince(endive):
		shown["country"] = nil
	case len(s.Countries) > 0:
		shown["countries"] = s.Countries
	default:
		shown["countries"] = nil
	}
	return shown
}

// preview adds what only preview versions show.
func (s *Session) preview(shown object) {
	shown["status"], shown["ui_mode"] = s.shownStatus(), "modal"
	shown["status_details"] = object{}
	if s.Status == "cancelled" {
		shown["status_details"] = object{"cancelled": object{"reason": "other"}}
	}
	shown["hosted"], shown["url"] = nil, nil
	if h := s.Hosted; h != nil {
		shown["ui_mode"] = "hosted"
		shown["hosted"] = object{"delivery_method": orNull(h.Delivery), "return_url": orNull(h.ReturnURL)}
		if h.Delivery != "email" && s.shownStatus() == "pending" {
			shown["url"] = h.URL
		}
	}
	if r := s.Relink; r != nil {
		shown["relink_options"] = object{"authorization": r.Authorization, "account": orNull(r.Account)}
		shown["relink_result"] = nil
		if s.Status != "" {
			shown["relink_result"] = r.result()
		}
	}
	if s.Outcome != "" {
		shown["pre_collected_consent"] = object{"outcome": s.Outcome}
	}
}

func (r *Relink) result() object {
	if len(r.Relinked) == 0 {
		return object{"account": nil, "authorization": nil, "failure_reason": r.WhyFailed}
	}
	return object{"account": r.Relinked[0], "authorization": r.Authorization, "failure_reason": nil}
}

// shownStatus: a session that was not used in time failed.
func (s *Session) shownStatus() string {
	switch s.Status {
	case "":
		return "pending"
	case "expired":
		return "failed"
	}
	return s.Status
}
