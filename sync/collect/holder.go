package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"fcpipe/sync/stripe"
)

// Kinds of holders, as schema.Consent names them.
const (
	Customer        = "customer"         // cus_…
	CustomerAccount = "customer_account" // acct_… of Accounts v2, configured as customer
	Account         = "account"          // acct_… of Connect
)

// Holder is who links accounts. The zero value names no holder.
type Holder struct {
	Kind string // Customer, CustomerAccount or Account
	ID   string // cus_… or acct_…
}

var holderShape = regexp.MustCompile(`^(cus_|acct_|customer_account:acct_)[A-Za-z0-9]{1,250}$`)

// ParseHolder reads a holder as the configuration writes one: cus_…, acct_… or customer_account:acct_….
func ParseHolder(text string) (Holder, error) {
	if !holderShape.MatchString(text) {
		return Holder{}, fmt.Errorf("%w; write cus_…, acct_… or customer_account:acct_…", ErrNoHolder)
	}
	if id, is := strings.CutPrefix(text, CustomerAccount+":"); is {
		return Holder{CustomerAccount, id}, nil
	}
	if strings.HasPrefix(text, "acct_") {
		return Holder{Account, text}, nil
	}
	return Holder{Customer, text}, nil
}

// String is the holder as ParseHolder reads it.
func (h Holder) String() string {
	if h.Kind == CustomerAccount {
		return CustomerAccount + ":" + h.ID
	}
	return h.ID
}

// form names the holder in a request for a session. A customer-configured account is of type customer there.
func (h Holder) form() url.Values {
	kind := Customer
	if h.Kind == Account {
		kind = Account
	}
	return url.Values{"account_holder[type]": {kind}, "account_holder[" + h.Kind + "]": {h.ID}}
}

// Check asks Stripe whether a holder is there. ErrNoHolder means that it is not, or cannot link accounts.
func (c *Collector) Check(ctx context.Context, h Holder) error {
	switch h.Kind {
	case Customer:
		_, err := c.customer(ctx, h.ID)
		return err
	case CustomerAccount:
		return c.checkAccountV2(ctx, h.ID)
	case Account:
		_, err := c.get(ctx, "retrieve connected account", "/v1/accounts/"+url.PathEscape(h.ID))
		return c.unknown(h, err)
	}
	return ErrNoHolder
}

// unknown turns Stripe's word that an object is missing into ours. Of a connected account it says 403.
func (c *Collector) unknown(h Holder, err error) error {
	api, is := errors.AsType[*stripe.APIError](err)
	if !is || api.Status != http.StatusNotFound && (api.Status != http.StatusForbidden || h.Kind != Account) {
		return err
	}
	return fmt.Errorf("%w: %s is unknown to Stripe in %s", ErrNoHolder, h, c.mode())
}

// accountV2 is what is read of an account of v2.
type accountV2 struct {
	ID             string   `json:"id"`
	Closed         bool     `json:"closed"`
	Configurations []string `json:"applied_configurations"`
}

func (c *Collector) checkAccountV2(ctx context.Context, id string) error {
	h := Holder{CustomerAccount, id}
	reply, err := c.options.Client.Send(ctx, stripe.Request{
		Method: http.MethodGet, Operation: "retrieve account v2", Path: "/v2/core/accounts/" + url.PathEscape(id),
		Form: url.Values{"include[0]": {"configuration.customer"}}, Version: c.accountsVersion(),
	})
	if err != nil {
		return c.unknown(h, err)
	}
	var a accountV2
	switch {
	case json.Unmarshal(reply.Body, &a) != nil || a.ID != id:
		return refusedAnswer(reply, "not the account that was asked for")
	case a.Closed:
		return fmt.Errorf("%w: %s is closed", ErrNoHolder, h)
	case !slices.Contains(a.Configurations, Customer):
		return fmt.Errorf("%w: %s is not configured as customer", ErrNoHolder, h)
	}
	return nil
}

// createAccountV2 makes an account that is configured as customer. Stripe finds none by e-mail; the key, which it
// knows for 30 days, is what keeps a person who comes twice from being two.
func (c *Collector) createAccountV2(ctx context.Context, p Person) (Holder, error) {
	body := map[string]any{
		"contact_email": p.Email, "configuration": map[string]any{Customer: map[string]any{}},
		"include": []string{"configuration.customer"},
	}
	for name, value := range map[string]string{"display_name": p.Name, "contact_phone": p.Phone} {
		if value != "" {
			body[name] = value
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return Holder{}, err
	}
	reply, err := c.options.Client.Send(ctx, stripe.Request{
		Method: http.MethodPost, Operation: "create account v2", Path: "/v2/core/accounts", JSON: text,
		Version: c.accountsVersion(), IdempotencyKey: p.key("account", ""),
	})
	if err != nil {
		return Holder{}, c.creationRefused(err)
	}
	var a accountV2
	if json.Unmarshal(reply.Body, &a) != nil || !strings.HasPrefix(a.ID, "acct_") {
		return Holder{}, refusedAnswer(reply, "not an account")
	}
	return Holder{CustomerAccount, a.ID}, nil
}
