package linking

import (
	"net/http"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/draw"
)

// Consent is a text that Stripe issued for one holder to read and accept before a session (private preview).
type Consent struct {
	ID string `json:"id"`
	Holder
	Locale  string    `json:"locale"` // BCP 47
	Created time.Time `json:"created"`
}

// consentHolds is how long a consent can be used as evidence: ours, Stripe publishes none.
const consentHolds = time.Hour

// consentTexts are the texts there are, by locale.
var consentTexts = map[string]string{
	"en-US": "You allow Simulated Bank Links to collect the data you choose to share from your bank, and to " +
		"share it with this business. You can end this at any time.",
	"es-US": "Usted permite que Simulated Bank Links obtenga de su banco los datos que usted elija y los " +
		"comparta con esta empresa. Puede ponerle fin cuando quiera.",
}

func (c Consent) object() object {
	return object{
		"id": c.ID, "object": "financial_connections.consent", "livemode": false, "created": c.Created.Unix(),
		"account_holder": HolderObject(c.Holder.ID, c.Connected), "locale": c.Locale,
		"consent_text": consentTexts[c.Locale], "expires_at": c.Created.Add(consentHolds).Unix(),
	}
}

// consented refuses requests about consents without a preview version or without access.
func (r Request) consented(method string) *answer.Error {
	switch {
	case !r.Version.IsPreview():
		return answer.UnknownURL(method, "/v1/financial_connections/consents")
	case r.without("consents"):
		return answer.Withheld("Financial Connections consents",
			"Ask Stripe for the preview financial_connections_pre_collected_consent.")
	}
	return nil
}

func (d *Desk) createConsent(r Request) (any, *answer.Error) {
	if e := r.consented(http.MethodPost); e != nil {
		return nil, e
	}
	f := read(r.Params, append([]string{"locale"}, holderParams...)...)
	holder, locale := d.holder(f), f.text("locale")
	if locale == "" {
		locale = "en-US"
	}
	if f.refused != nil {
		return nil, f.refused
	}
	if consentTexts[locale] == "" {
		return nil, answer.Invalid("financial_connections_consent_locale_unsupported", "locale",
			"The locale "+locale+" is not supported.")
	}
	made := Consent{
		ID:     draw.ID("fccons_", d.World.Config.Seed, len(d.Consents), "consent", 0),
		Holder: holder, Locale: locale, Created: r.At,
	}
	d.Consents = append(d.Consents, made)
	return made.object(), nil
}

func (d *Desk) retrieveConsent(r Request) (any, *answer.Error) {
	if e := r.consented(http.MethodGet); e != nil {
		return nil, e
	}
	if f := read(r.Params); f.refused != nil {
		return nil, f.refused
	}
	if c := d.consent(r.ID); c != nil {
		return c.object(), nil
	}
	return nil, answer.Missing("financial_connections.consent", r.ID)
}

func (d *Desk) consent(id string) *Consent {
	for i := range d.Consents {
		if d.Consents[i].ID == id {
			return &d.Consents[i]
		}
	}
	return nil
}
