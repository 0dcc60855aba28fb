package collect

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/stripe"
)

// Evidence is what a holder was shown before linking. Parts that are not known are "".
type Evidence struct {
	Text            string // word for word
	TextVersion     string
	Locale          string // BCP 47
	StripeConsentID string // fccons_…, where Text is Stripe's
}

// Evidence is that a notice was shown.
func (n Notice) Evidence() Evidence {
	return Evidence{Text: n.Text(), TextVersion: NoticeVersion, Locale: NoticeLocale}
}

// Consents are what a holder agreed to by the end of a session: one for each account.
func (c *Collector) Consents(s Session, accounts []Linked, e Evidence, at time.Time) []schema.Consent {
	consents := make([]schema.Consent, 0, len(accounts))
	for _, a := range accounts {
		permissions := slices.Clone(a.Permissions)
		if a.Permissions == nil { // not stated: what the session asked for
			permissions = slices.Clone(s.Permissions)
		}
		slices.Sort(permissions)
		consents = append(consents, schema.Consent{
			AccountID: a.AccountID, HolderType: s.Holder.Kind, HolderID: s.Holder.ID,
			StripeAccountID: nonEmpty(c.options.Client.Account()), Permissions: permissions, SessionID: &s.ID,
			StripeConsentID: nonEmpty(e.StripeConsentID), Text: nonEmpty(e.Text),
			TextVersion: nonEmpty(e.TextVersion), Locale: nonEmpty(e.Locale), GivenAt: at,
		})
	}
	return consents
}

func nonEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// StripeConsent is Stripe's own text of a consent, a private preview: it is shown word for word, and its id is passed
// to Stripe.js with the instant at which the holder accepted it.
// Source: https://docs.stripe.com/financial-connections/pre-collected-consent
type StripeConsent struct {
	ID        string // fccons_…
	Text      string
	Locale    string
	ExpiresAt time.Time // from then on it is no evidence
}

// Evidence is that Stripe's text was shown, below our own.
func (s StripeConsent) Evidence(n Notice) Evidence {
	e := n.Evidence()
	e.Text += "\n" + s.Text + "\n"
	e.StripeConsentID = s.ID
	return e
}

// stripeLocale is the language that Stripe's text is asked for in.
const stripeLocale = "en-US"

// CreateConsent asks Stripe for the text of a consent. ErrNeedsPreview means that the operator set no preview version,
// ErrNotEnabled that the Stripe account has no access.
func (c *Collector) CreateConsent(ctx context.Context, h Holder) (StripeConsent, error) {
	if c.options.PreviewVersion == "" {
		return StripeConsent{}, ErrNeedsPreview
	}
	form := merged(h.form(), url.Values{"locale": {stripeLocale}})
	reply, err := c.options.Client.Send(ctx, stripe.Request{
		Method: http.MethodPost, Operation: "create consent", Path: stripe.Path("consents"), Form: form,
		Version: c.options.PreviewVersion, IdempotencyKey: "fc-consent-" + c.options.NewKey(),
	})
	if api, is := errors.AsType[*stripe.APIError](err); is && api.Status == http.StatusNotFound {
		return StripeConsent{}, errors.Join(ErrNotEnabled, err)
	}
	if err != nil {
		return StripeConsent{}, c.notEnabled(err, h)
	}
	var f struct {
		ID        string `json:"id"`
		Text      string `json:"consent_text"`
		Locale    string `json:"locale"`
		ExpiresAt int64  `json:"expires_at"`
	}
	if json.Unmarshal(reply.Body, &f) != nil || !strings.HasPrefix(f.ID, "fccons_") || f.Text == "" {
		return StripeConsent{}, refusedAnswer(reply, "not a consent")
	}
	return StripeConsent{ID: f.ID, Text: f.Text, Locale: f.Locale, ExpiresAt: time.Unix(f.ExpiresAt, 0).UTC()}, nil
}
