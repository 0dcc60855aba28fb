package collect

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fcpipe/sync/stripe"
)

// Subcategories of accounts that can be linked.
var Subcategories = []string{"checking", "savings", "credit_card", "line_of_credit", "mortgage"}

// Terms are what a session asks for. Each is sent, also where it is what Stripe would take by itself.
type Terms struct {
	Permissions   []string // at least one
	Prefetch      []string // features that Stripe begins to read as soon as an account is linked
	Subcategories []string // of Subcategories; at least one
	Countries     []string // of the banks, ISO 3166; at least one
	MaxAccounts   int      // 0 is no limit
	ReturnURL     string   // where a bank's page leads back to, in an app's web view; may be ""
}

// Secret is the client secret of a session. It is shown to the client alone: however it is printed, logged or encoded,
// only three stars show.
type Secret string

// String is not the secret.
func (s Secret) String() string { return "***" }

// GoString is not the secret: %#v must not tell more than %v.
func (s Secret) GoString() string { return "***" }

// MarshalText is not the secret. What a client gets is built of string(s).
func (s Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Session is a session as Stripe says it.
type Session struct {
	ID           string
	Holder       Holder
	Permissions  []string
	ClientSecret Secret // "" where Stripe does not tell it any more, and for a hosted one
	Livemode     bool
	URL          string // of a hosted one, until it is finished; else ""
	Status       string // pending, succeeded, failed or cancelled, under a preview version; else ""
	Raw          []byte // as it came, with the client secret

	holders []Holder // every id that Stripe knows the holder by; Holder is the first
}

// IsOf reports whether a session belongs to a holder. With Accounts v2 a holder may have two ids.
func (s Session) IsOf(h Holder) bool { return slices.Contains(s.holders, h) }

// form are the parameters that every kind of session has.
func (t Terms) form(version string) url.Values {
	form := url.Values{
		"permissions[]": t.Permissions, "filters[account_subcategories][]": t.Subcategories,
		"filters[require_payment_method_support]": {"none"}, "manual_entry[mode]": {"disabled"},
		"limits[accounts]": {""},
	}
	if len(t.Prefetch) > 0 {
		form["prefetch[]"] = t.Prefetch
	}
	if t.MaxAccounts > 0 {
		form.Set("limits[accounts]", strconv.Itoa(t.MaxAccounts))
	}
	if t.ReturnURL != "" {
		form.Set("return_url", t.ReturnURL)
	}
	if oneCountry(version) {
		form.Set("filters[country]", strings.Join(t.Countries, ","))
	} else {
		form["filters[countries][]"] = t.Countries
	}
	return form
}

// oneCountry reports whether a version knows filters[country], which took the place of filters[countries].
func oneCountry(version string) bool {
	date, _, _ := strings.Cut(version, ".")
	return date >= "2026-09-30"
}

// Create opens a session for a holder. ErrNotEnabled means that the Stripe account may not; ErrNoHolder that the
// holder is unknown.
func (c *Collector) Create(ctx context.Context, h Holder, t Terms) (Session, error) {
	return c.create(ctx, h, sessionVersion, merged(t.form(sessionVersion), h.form()))
}

func merged(forms ...url.Values) url.Values {
	all := url.Values{}
	for _, form := range forms {
		maps.Copy(all, form)
	}
	return all
}

func (c *Collector) create(ctx context.Context, h Holder, version string, form url.Values) (Session, error) {
	reply, err := c.options.Client.Send(ctx, stripe.Request{
		Method: http.MethodPost, Operation: "create session", Path: stripe.Path("sessions"), Form: form,
		Version: version, IdempotencyKey: "fc-session-" + c.options.NewKey(),
	})
	if err != nil {
		return Session{}, c.notEnabled(err, h)
	}
	s, err := c.session(reply)
	switch {
	case err != nil || h.ID == "":
		return s, err
	case !s.IsOf(h):
		return s, refusedAnswer(reply, "not the holder that was asked for")
	}
	s.Holder = h
	return s, nil
}

// Retrieve asks for a session. ErrNoSession means that Stripe does not know it.
func (c *Collector) Retrieve(ctx context.Context, id string) (Session, error) {
	version := c.options.PreviewVersion // tells a status, and whether it is hosted
	if version == "" {
		version = sessionVersion
	}
	reply, err := c.options.Client.Send(ctx, stripe.Request{
		Method: http.MethodGet, Operation: "retrieve session", Path: stripe.Path("sessions", id), Version: version,
	})
	if api, is := errors.AsType[*stripe.APIError](err); is && api.Status == http.StatusNotFound {
		return Session{}, ErrNoSession
	}
	if err != nil {
		return Session{}, err
	}
	s, err := c.session(reply)
	if err == nil && s.ID != id {
		err = refusedAnswer(reply, "not the session that was asked for")
	}
	return s, err
}

// session decodes one.
func (c *Collector) session(reply *stripe.Reply) (Session, error) {
	var f struct {
		ID          string         `json:"id"`
		Object      string         `json:"object"`
		Livemode    bool           `json:"livemode"`
		Holder      *sessionHolder `json:"account_holder"`
		Permissions []string       `json:"permissions"`
		Secret      *string        `json:"client_secret"`
		URL         *string        `json:"url"`
		Status      string         `json:"status"`
	}
	err := json.Unmarshal(reply.Body, &f)
	if err != nil || f.Object != "financial_connections.session" || !strings.HasPrefix(f.ID, "fcsess_") {
		return Session{}, refusedAnswer(reply, "not a session")
	}
	if f.Livemode != c.options.Livemode {
		return Session{}, refusedAnswer(reply, "a session of the other mode")
	}
	slices.Sort(f.Permissions)
	s := Session{ID: f.ID, Permissions: f.Permissions, Livemode: f.Livemode, Status: f.Status, Raw: reply.Body}
	if s.holders = f.Holder.holders(); len(s.holders) > 0 {
		s.Holder = s.holders[0]
	}
	if f.Secret != nil {
		s.ClientSecret = Secret(*f.Secret)
	}
	if f.URL != nil {
		s.URL = *f.URL
	}
	return s, nil
}

// sessionHolder is the holder in a session: an id, or an object that has one.
type sessionHolder struct {
	Customer        anID `json:"customer"`
	CustomerAccount anID `json:"customer_account"`
	Account         anID `json:"account"`
}

func (h *sessionHolder) holders() (all []Holder) {
	if h == nil {
		return nil
	}
	for _, known := range []Holder{
		{CustomerAccount, string(h.CustomerAccount)}, {Customer, string(h.Customer)}, {Account, string(h.Account)},
	} {
		if known.ID != "" {
			all = append(all, known)
		}
	}
	return all
}

// anID is an id, also where Stripe shows the whole object.
type anID string

// UnmarshalJSON reads a string, an object with an id, or null.
func (i *anID) UnmarshalJSON(text []byte) error {
	var object struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(text, (*string)(i)) == nil {
		return nil
	}
	err := json.Unmarshal(text, &object)
	*i = anID(object.ID)
	return err
}
