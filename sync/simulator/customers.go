package simulator

import (
	"slices"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/world"
)

// customer is a holder made through the API; the world's own holders are customers too.
type customer struct {
	ID      string    `json:"id"`
	Email   string    `json:"email,omitempty"`
	Name    string    `json:"name,omitempty"`
	Created time.Time `json:"created"`
}

// whole is the virtual time in whole seconds, as the API shows times.
func (s *Server) whole() time.Time { return s.now.Truncate(time.Second) }

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (c customer) object() object {
	return object{
		"id": c.ID, "object": "customer", "created": c.Created.Unix(), "email": orNull(c.Email), "name": orNull(c.Name),
		"livemode": false, "description": nil, "shipping": nil, "default_source": nil, "metadata": object{},
	}
}

// allCustomers lists newest first: those made through the API, then the world's own.
func (s *Server) allCustomers() []customer {
	all := slices.Clone(s.customers)
	slices.Reverse(all)
	for holder := range s.world.Config.Holders {
		if world.IsCustomerAccount(s.world.Config.Holder(holder)) {
			continue
		}
		all = append(all, customer{ID: s.world.Config.Holder(holder), Created: s.world.Config.Start.Add(-time.Hour)})
	}
	return all
}

func (s *Server) createCustomer(c *call) (any, *answer.Error) {
	made := customer{
		ID:    draw.ID("cus_", s.world.Config.Seed, len(s.customers), "made customer", 0),
		Email: c.params.Get("email"), Name: c.params.Get("name"), Created: s.whole(),
	}
	s.customers = append(s.customers, made)
	return made.object(), nil
}

func (s *Server) retrieveCustomer(c *call) (any, *answer.Error) {
	for _, known := range s.allCustomers() {
		if known.ID == c.path[1] {
			return known.object(), nil
		}
	}
	return nil, answer.Missing("customer", c.path[1])
}

func (s *Server) listCustomers(c *call) (any, *answer.Error) {
	var shown []object
	for _, known := range s.allCustomers() {
		if email := c.params.Get("email"); email == "" || email == known.Email {
			shown = append(shown, known.object())
		}
	}
	return answer.ListObjects(c.params, "/v1/customers", shown)
}

// values collects name[] and name[0], name[1], … of a form.
func (c *call) values(name string) []string {
	found := []string{}
	for key, values := range c.params {
		if len(key) > len(name) && key[:len(name)] == name && key[len(name)] == '[' {
			found = append(found, values...)
		}
	}
	slices.Sort(found)
	return found
}

// knowsHolder reports whether accounts can be linked for a holder.
func (s *Server) knowsHolder(id string) bool {
	for n := range s.world.Config.Holders {
		if s.world.Config.Holder(n) == id {
			return true
		}
	}
	return slices.ContainsFunc(s.customers, func(made customer) bool { return made.ID == id })
}
