package linking

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/world"
)

// object is a JSON object.
type object = map[string]any

// Records are what clients made at a desk, in the order in which they made it; they are saved with the world.
type Records struct {
	Customers        []Customer        `json:"customers,omitempty"`
	CustomerAccounts []CustomerAccount `json:"customer_accounts,omitempty"`
	Consents         []Consent         `json:"consents,omitempty"`
	Sessions         []Session         `json:"sessions,omitempty"`
}

// Desk links accounts of one world. Both fields beside Records are needed.
type Desk struct {
	Records
	World *world.World
	// Show is an account as the API shows it.
	Show func(*world.Account) map[string]any
}

// Request is what a desk is told of a request.
type Request struct {
	Params        url.Values
	Body          []byte // of v2: JSON
	ID            string // of the object the path names, if it names one
	Version       Version
	At            time.Time // in whole seconds
	StripeAccount string    // the connected account the request is made for; "" is the platform
	Address       string    // of this server as the client knows it, without a slash at its end
	Without       []string  // what this Stripe account has no access to: see Accesses
}

// Accesses are what Stripe may withhold from a Stripe account: registration for Financial Connections, permissions,
// previews.
var Accesses = []string{
	"registration", "balances", "ownership", "payment_method", "transactions", "hosted", "consents", "accounts_v2",
}

func (r Request) without(access string) bool { return slices.Contains(r.Without, access) }

// Handler answers one kind of request with an object, rendered JSON, or an error.
type Handler func(Request) (any, *answer.Error)

// Route finds the handler of a path below /v1 or /v2, version included; id is of the object it names. Nil: the desk
// has no such path.
func (d *Desk) Route(method string, path []string) (handle Handler, id string) {
	for _, route := range d.routes() {
		n := len(route.path)
		isOne := len(path) == n+1 && route.one != nil
		if method != route.method || len(path) < n || !slices.Equal(path[:n], route.path) {
			continue
		}
		if isOne {
			return route.one, path[n]
		}
		if len(path) == n && route.all != nil {
			return route.all, ""
		}
	}
	return nil, ""
}

type route struct {
	method   string
	path     []string
	all, one Handler // of the collection, of one object of it
}

func (d *Desk) routes() []route {
	sessions, consents := []string{"v1", "financial_connections", "sessions"},
		[]string{"v1", "financial_connections", "consents"}
	customers, accounts := []string{"v1", "customers"}, []string{"v2", "core", "accounts"}
	return []route{
		{http.MethodGet, customers, d.listCustomers, d.retrieveCustomer},
		{http.MethodPost, customers, d.createCustomer, nil},
		{http.MethodGet, accounts, d.listCustomerAccounts, d.retrieveCustomerAccount},
		{http.MethodPost, accounts, d.createCustomerAccount, nil},
		{http.MethodGet, []string{"v1", "accounts"}, nil, d.retrieveConnected},
		{http.MethodGet, consents, nil, d.retrieveConsent},
		{http.MethodPost, consents, d.createConsent, nil},
		{http.MethodGet, []string{"v1", "financial_connections", "authorizations"}, nil, d.retrieveAuthorization},
		{http.MethodGet, sessions, nil, d.retrieveSession},
		{http.MethodPost, sessions, d.createSession, nil},
	}
}
