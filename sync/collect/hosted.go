package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"fcpipe/sync/stripe"
)

// CreateHosted opens a session on a page of Stripe's, a preview: its URL is sent to the holder. Without a preview
// version it is ErrNeedsPreview; ErrNotEnabled means that the Stripe account has no access.
func (c *Collector) CreateHosted(ctx context.Context, h Holder, t Terms, returnURL string) (Session, error) {
	if c.options.PreviewVersion == "" {
		return Session{}, ErrNeedsPreview
	}
	form := merged(t.form(c.options.PreviewVersion), h.form(), hostedForm(returnURL))
	return c.hosted(c.create(ctx, h, c.options.PreviewVersion, form))
}

// Relink opens a hosted session in which a holder repairs the connection of an account. Its permissions stay as they
// are.
func (c *Collector) Relink(ctx context.Context, accountID string, t Terms, returnURL string) (Session, error) {
	if c.options.PreviewVersion == "" {
		return Session{}, ErrNeedsPreview
	}
	authorization, err := c.authorization(ctx, accountID)
	if err != nil {
		return Session{}, err
	}
	form := merged(t.form(c.options.PreviewVersion), hostedForm(returnURL), url.Values{
		"relink_options[authorization]": {authorization}, "relink_options[account]": {accountID},
		"hosted[delivery_method]": {"url"},
	})
	form.Del("prefetch[]")
	return c.hosted(c.create(ctx, Holder{}, c.options.PreviewVersion, form))
}

func hostedForm(returnURL string) url.Values {
	form := url.Values{"ui_mode": {"hosted"}}
	if returnURL != "" {
		form.Set("hosted[return_url]", returnURL)
	}
	return form
}

// hosted checks that a session has a page.
func (c *Collector) hosted(s Session, err error) (Session, error) {
	if err == nil && s.URL == "" {
		err = fmt.Errorf("%w: Stripe made a session without a page", ErrNotEnabled)
	}
	return s, err
}

// authorization is the connection to a bank that an account belongs to, which only previews tell.
func (c *Collector) authorization(ctx context.Context, accountID string) (string, error) {
	reply, err := c.options.Client.Send(ctx, stripe.Request{
		Method: http.MethodGet, Operation: "retrieve account", Path: stripe.Path("accounts", accountID),
		Version: c.options.PreviewVersion,
	})
	if api, is := errors.AsType[*stripe.APIError](err); is && api.Status == http.StatusNotFound {
		return "", fmt.Errorf("%w: account %s is unknown to Stripe in %s", ErrNoHolder, accountID, c.mode())
	}
	if err != nil {
		return "", err
	}
	var account struct {
		Authorization anID `json:"authorization"`
	}
	if json.Unmarshal(reply.Body, &account) != nil || account.Authorization == "" {
		return "", fmt.Errorf("%w: Stripe does not tell the authorization of %s", ErrNotEnabled, accountID)
	}
	return string(account.Authorization), nil
}

// hostedEvery is how often a hosted session is asked for.
const hostedEvery = 10 * time.Second

// AwaitHosted waits until a hosted session has ended, or ctx has.
func (c *Collector) AwaitHosted(ctx context.Context, clock stripe.Clock, id string) (Session, error) {
	for {
		s, err := c.Retrieve(ctx, id)
		if err != nil || s.Status != "pending" {
			return s, err
		}
		if err := clock.Sleep(ctx, hostedEvery); err != nil {
			return s, err
		}
	}
}
