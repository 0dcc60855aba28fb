package simulator

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"
	"github.com/stripe/stripe-mock/spec"
)

// TestEveryObjectValidatesAgainstStripesSpecification asks for every kind of object, in
// every state a world has, and holds it to the OpenAPI file Stripe publishes.
func TestEveryObjectValidatesAgainstStripesSpecification(t *testing.T) {
	document, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatal(err)
	}
	check := newSpecCheck(t, document)
	s := New(Config{Seed: 9, Linked: true})
	check.account(t, s)

	var customer, session, linked struct{ ID string }
	ask(t, s, "POST", "/v1/customers", "email=a@example.com&name=Ada", &customer)
	check.object(t, s, "/v1/customers/"+customer.ID, "", "customer")
	ask(t, s, "POST", "/v1/financial_connections/sessions",
		"account_holder[type]=customer&account_holder[customer]="+customer.ID+
			"&permissions[]=balances&permissions[]=transactions&permissions[]=ownership"+
			"&prefetch[]=ownership&prefetch[]=transactions&limits[accounts]=2&manual_entry[mode]=disabled"+
			"&filters[account_subcategories][]=checking&filters[account_subcategories][]=savings"+
			"&filters[countries][]=US&filters[require_payment_method_support]=all&return_url=https://a.example",
		&session)
	ids, refusal := s.desk.Link(session.ID, 2, s.whole())
	if refusal != nil {
		t.Fatal(refusal.Message)
	}
	check.object(t, s, "/v1/financial_connections/sessions/"+session.ID, "", "financial_connections.session")
	s.Advance(12 * time.Hour)
	path := "/v1/financial_connections/accounts/" + ids[0]
	var withOwnership struct{ Ownership string }
	ask(t, s, "GET", path, "", &withOwnership)
	check.list(t, s, path+"/owners", "ownership="+withOwnership.Ownership, "financial_connections.account_owner")
	for _, change := range []string{"subscribe", "unsubscribe"} {
		ask(t, s, "POST", path+"/"+change, "features[]=transactions", nil)
		check.object(t, s, path, "", "financial_connections.account")
	}
	ask(t, s, "POST", path+"/disconnect", "", &linked)
	s.Advance(24 * time.Hour)

	check.account(t, s)
	check.list(t, s, "/v1/financial_connections/accounts", "limit=100", "financial_connections.account")
	seen := map[string]bool{}
	for _, id := range s.Accounts()[:6] {
		check.list(t, s, "/v1/financial_connections/transactions", "limit=100&account="+id,
			"financial_connections.transaction")
		for _, row := range s.world.Visible(s.world.ByID[id], s.now).Rows {
			seen[row.Version.Status] = true
		}
	}
	if !seen["pending"] || !seen["posted"] || !seen["void"] {
		t.Errorf("statuses shown: %v", seen)
	}
	check.list(t, s, "/v1/events", "limit=100&type=financial_connections.account.*", "event")
}

// specCheck validates answers against schemas of the specification, each of which is compiled once.
type specCheck struct {
	document   *spec.Spec
	components *spec.ComponentsForValidation
	validators map[string]validator // by kind of object
}

func newSpecCheck(t *testing.T, document *spec.Spec) specCheck {
	t.Helper()
	return specCheck{document, spec.GetComponentsForValidation(&document.Components), map[string]validator{}}
}

// validator is a compiled schema.
type validator interface{ Validate(value any) error }

func (c specCheck) validator(t *testing.T, kind string) validator {
	t.Helper()
	if c.validators[kind] == nil {
		made, err := spec.GetValidatorForOpenAPI3Schema(c.document.Components.Schemas[kind], c.components)
		if err != nil {
			t.Fatal(err)
		}
		c.validators[kind] = made
	}
	return c.validators[kind]
}

func (c specCheck) account(t *testing.T, s *Server) {
	t.Helper()
	for _, id := range s.Accounts() {
		c.object(t, s, "/v1/financial_connections/accounts/"+id, "", "financial_connections.account")
	}
}

func (c specCheck) object(t *testing.T, s *Server, path, form, kind string) {
	t.Helper()
	var value map[string]any
	if response := ask(t, s, http.MethodGet, path, form, &value); response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d", path, response.StatusCode)
	}
	c.validate(t, kind, value)
}

func (c specCheck) list(t *testing.T, s *Server, path, form, kind string) {
	t.Helper()
	var page struct {
		Object, URL *string
		HasMore     *bool `json:"has_more"`
		Data        []map[string]any
	}
	if response := ask(t, s, http.MethodGet, path, form, &page); response.StatusCode != http.StatusOK ||
		page.Object == nil || *page.Object != "list" ||
		page.URL == nil || *page.URL != path || page.HasMore == nil || len(page.Data) == 0 {
		t.Fatalf("GET %s?%s: %d, no list of anything", path, form, response.StatusCode)
	}
	for _, value := range page.Data {
		c.validate(t, kind, value)
	}
}

// validate holds one object to its schema: what is required is there, nothing is of another
// type, and nothing is there that Stripe does not send.
func (c specCheck) validate(t *testing.T, kind string, value map[string]any) {
	t.Helper()
	schema, known := c.document.Components.Schemas[kind]
	if !known {
		t.Fatalf("the specification has no %s", kind)
	}
	if value["object"] != kind {
		t.Errorf("object %v, want %s", value["object"], kind)
	}
	if err := c.validator(t, kind).Validate(value); err != nil {
		shown, _ := json.MarshalIndent(value, "", "  ")
		t.Fatalf("%s: %v\n%s", kind, err, shown)
	}
	for name := range value {
		if schema.Properties[name] == nil {
			t.Errorf("%s.%s is nothing Stripe sends", kind, name)
		}
	}
	for _, name := range schema.Required {
		if _, there := value[name]; !there {
			t.Errorf("%s.%s is required and missing", kind, name)
		}
	}
}
