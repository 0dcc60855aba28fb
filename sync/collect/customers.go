package collect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"strings"

	"fcpipe/sync/stripe"
)

// Person is who a holder is made for. Name and Phone may be "".
type Person struct {
	Email string
	Name  string
	Phone string // with + and country code; Stripe's Link knows people by it
}

// CheckEmail refuses what is no address, or has a name beside it.
func (p Person) CheckEmail() error {
	address, err := mail.ParseAddress(p.Email)
	if err != nil || address.Address != p.Email || len(p.Email) > 512 {
		return errors.New("the e-mail is no address such as jo@example.com")
	}
	return nil
}

// key is the idempotency key that a holder is made under: derived from the e-mail, so that two people who ask at the
// same time make one. after names a holder that was made under the key before, and was deleted since.
func (p Person) key(object, after string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"fcpipe collect", object, p.Email, after}, "\x00")))
	return "fc-" + object + "-" + hex.EncodeToString(sum[:])
}

// SeveralError is that one e-mail has several customers. It names them; a person has to choose.
type SeveralError struct {
	IDs []string // cus_…, newest first
}

// Error names the customers, not the e-mail.
func (e *SeveralError) Error() string {
	return "several customers have this e-mail: " + strings.Join(e.IDs, ", ")
}

// FindOrCreate finds the customer that has a person's e-mail, or makes one; created says which. What the customer is
// called at Stripe stays as it is. A *SeveralError means that there are several.
func (c *Collector) FindOrCreate(ctx context.Context, p Person) (h Holder, created bool, err error) {
	found, err := c.customersOf(ctx, p.Email)
	switch {
	case err != nil:
		return Holder{}, false, err
	case len(found) > 1:
		return Holder{}, false, &SeveralError{IDs: found}
	case len(found) == 1:
		return Holder{Customer, found[0]}, false, nil
	}
	h, err = c.createCustomer(ctx, p)
	return h, err == nil, err
}

// CreateAccountV2 makes an account of Accounts v2 that is configured as customer. A person who comes again within 30
// days gets the same one; Stripe cannot be asked for one by e-mail.
func (c *Collector) CreateAccountV2(ctx context.Context, p Person) (Holder, error) {
	return c.createAccountV2(ctx, p)
}

// customer is what is read of a customer.
type customer struct {
	ID      string `json:"id"`
	Email   string `json:"email"`
	Deleted bool   `json:"deleted"`
}

// maxCustomerPages bounds a search for an e-mail, which finds one customer, or a few.
const maxCustomerPages = 10

// customersOf are the customers that have an e-mail. Stripe compares it letter by letter.
func (c *Collector) customersOf(ctx context.Context, email string) (ids []string, err error) {
	for page, err := range stripe.Pages(ctx, c.options.Client, stripe.List[customer]{
		Operation: "list customers", Path: "/v1/customers", Form: url.Values{"email": {email}},
		MaxPages: maxCustomerPages, Open: openList, Decode: decodeCustomer,
	}) {
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			switch {
			case row.Err != nil:
				return nil, &stripe.PageError{RequestID: page.RequestID, Problem: "a row that is no customer"}
			case row.IsNew && row.Value.Email == email:
				ids = append(ids, row.ID)
			}
		}
	}
	return ids, nil
}

func decodeCustomer(row []byte) (customer, string, error) {
	var found customer
	err := json.Unmarshal(row, &found)
	if err == nil && !strings.HasPrefix(found.ID, "cus_") {
		err = errors.New("no customer")
	}
	return found, found.ID, err
}

// customer reads one. ErrNoHolder means that it is not there, or was deleted.
func (c *Collector) customer(ctx context.Context, id string) (customer, error) {
	h := Holder{Customer, id}
	reply, err := c.get(ctx, "retrieve customer", "/v1/customers/"+url.PathEscape(id))
	if err != nil {
		return customer{}, c.unknown(h, err)
	}
	found, _, err := decodeCustomer(reply.Body)
	switch {
	case err != nil || found.ID != id:
		return customer{}, refusedAnswer(reply, "not the customer that was asked for")
	case found.Deleted:
		return found, fmt.Errorf("%w: %s was deleted", ErrNoHolder, h)
	}
	return found, nil
}

// mostDeleted is how many customers made under one key may have been deleted since, within the day that Stripe knows
// a key.
const mostDeleted = 5

// createCustomer makes a customer. Under a key that made one which was deleted since, Stripe answers with that one:
// then another key is tried.
func (c *Collector) createCustomer(ctx context.Context, p Person) (Holder, error) {
	form := url.Values{"email": {p.Email}}
	for name, value := range map[string]string{"name": p.Name, "phone": p.Phone} {
		if value != "" {
			form.Set(name, value)
		}
	}
	deleted := ""
	for range mostDeleted {
		reply, err := c.options.Client.Post(ctx, "create customer", "/v1/customers", form, p.key(Customer, deleted))
		if err != nil {
			return Holder{}, c.creationRefused(err)
		}
		made, _, err := decodeCustomer(reply.Body)
		if err != nil {
			return Holder{}, refusedAnswer(reply, "not a customer")
		}
		now, err := c.customer(ctx, made.ID)
		if !now.Deleted {
			return Holder{Customer, made.ID}, err
		}
		deleted = made.ID
	}
	return Holder{}, errors.New("the customer of this e-mail was made and deleted too often today; try again tomorrow")
}

// creationRefused says what it means that a holder was not made.
func (c *Collector) creationRefused(err error) error {
	api, is := errors.AsType[*stripe.APIError](err)
	switch {
	case is && api.Type == "idempotency_error":
		return fmt.Errorf("this e-mail was used within the last day with another name or phone; "+
			"give the same ones, or leave them out: %w", err)
	case is && api.Status == http.StatusForbidden:
		return fmt.Errorf("%w: it may not create customers: %w", stripe.ErrKeyRefused, err)
	}
	return err
}
