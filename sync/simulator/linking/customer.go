package linking

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/world"
)

// Customer is a holder made through the API; the world's own holders are customers too. Empty texts are null.
type Customer struct {
	ID          string            `json:"id"`
	Email       string            `json:"email,omitempty"`
	Name        string            `json:"name,omitempty"`
	Phone       string            `json:"phone,omitempty"`
	Description string            `json:"description,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
	Created     time.Time         `json:"created"`
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (c Customer) object() object {
	metadata := object{}
	for key, value := range c.Metadata {
		metadata[key] = value
	}
	return object{
		"id": c.ID, "object": "customer", "created": c.Created.Unix(), "livemode": false,
		"email": orNull(c.Email), "name": orNull(c.Name), "phone": orNull(c.Phone),
		"description": orNull(c.Description), "metadata": metadata, "shipping": nil, "default_source": nil,
	}
}

// allCustomers lists newest first: those made through the API, then the world's own.
func (d *Desk) allCustomers() []Customer {
	all := slices.Clone(d.Customers)
	slices.Reverse(all)
	config := d.World.Config
	for holder := range config.Holders {
		if id := config.Holder(holder); !world.IsCustomerAccount(id) {
			all = append(all, Customer{ID: id, Created: config.Start.Add(-time.Hour)})
		}
	}
	return all
}

func (d *Desk) createCustomer(r Request) (any, *answer.Error) {
	f := read(r.Params, "email", "name", "phone", "description", "metadata[*]")
	made := Customer{
		ID:    draw.ID("cus_", d.World.Config.Seed, len(d.Customers), "made customer", 0),
		Email: f.params.Get("email"), Name: f.params.Get("name"), Phone: f.params.Get("phone"),
		Description: f.params.Get("description"), Metadata: f.metadata(), Created: r.At,
	}
	if !isEmail(made.Email) {
		f.refuse(answer.Invalid("email_invalid", "email", "Invalid email address: "+made.Email))
	}
	if f.refused != nil {
		return nil, f.refused
	}
	d.Customers = append(d.Customers, made)
	return made.object(), nil
}

// metadata are the values of metadata[key]; an empty one is none.
func (f *form) metadata() map[string]string {
	kept := map[string]string{}
	for name, values := range f.params {
		if key, found := strings.CutPrefix(name, "metadata["); found && values[0] != "" {
			kept[strings.TrimSuffix(key, "]")] = values[0]
		}
	}
	return kept
}

// isEmail accepts an address, or none at all.
func isEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	return text == "" || err == nil && address.Address == text
}

func (d *Desk) retrieveCustomer(r Request) (any, *answer.Error) {
	if f := read(r.Params); f.refused != nil {
		return nil, f.refused
	}
	for _, known := range d.allCustomers() {
		if known.ID == r.ID {
			return known.object(), nil
		}
	}
	return nil, answer.Missing("customer", r.ID)
}

// listCustomers finds an e-mail address as it is written.
func (d *Desk) listCustomers(r Request) (any, *answer.Error) {
	bounds := []string{"created", "created[gt]", "created[gte]", "created[lt]", "created[lte]"}
	f := read(r.Params, append(bounds, "email", "limit", "starting_after", "ending_before")...)
	email := f.text("email")
	var shown []object
	for _, known := range d.allCustomers() {
		if (email == "" || email == known.Email) && f.isWithin(known.Created) {
			shown = append(shown, known.object())
		}
	}
	if f.refused != nil {
		return nil, f.refused
	}
	return answer.ListObjects(r.Params, "/v1/customers", shown)
}

// isWithin holds an instant to the parameters created, created[gt], …
func (f *form) isWithin(at time.Time) bool {
	is, made := true, at.Unix()
	for name, holds := range map[string]func(bound int64) bool{
		"created": func(b int64) bool { return made == b }, "created[gt]": func(b int64) bool { return made > b },
		"created[gte]": func(b int64) bool { return made >= b }, "created[lt]": func(b int64) bool { return made < b },
		"created[lte]": func(b int64) bool { return made <= b },
	} {
		text := f.params.Get(name)
		if text == "" {
			continue
		}
		bound, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			f.refuse(answer.NotInteger(name, text))
		}
		is = is && holds(bound)
	}
	return is
}
