package linking

import (
	"net/http"
	"strings"
	"time"

	"fcpipe/sync/simulator/answer"
)

// Banks that do not link: at one nobody can sign in, at the other signing in takes longer than a session lasts.
const (
	DownBank = "Down Bank"
	SlowBank = "Slow Bank"
)

// lifetimes of sessions until they are used; of modal ones ours, Stripe publishes none.
const (
	modalLifetime  = 24 * time.Hour
	hostedLifetime = 30 * 24 * time.Hour
)

// clientCall is what the client sends: everything in the body, nothing in an address.
type clientCall struct {
	Key           string   `json:"key"` // publishable
	Secret        string   `json:"client_secret"`
	Token         string   `json:"hosted_token"` // of a hosted session, in the place of key and secret
	StripeAccount string   `json:"stripe_account"`
	Institution   string   `json:"institution"`
	Accounts      []string `json:"accounts"` // numbers of those that are shown
	Consent       *struct {
		ID          string `json:"consent"`
		CollectedAt int64  `json:"collected_at"`
	} `json:"pre_collected_consent"`
}

// Client answers one step of the client: open, accounts, connect or cancel.
func (d *Desk) Client(step string, r Request) (any, *answer.Error) {
	steps := map[string]func(*Session, clientCall, Request) (any, *answer.Error){
		"open": d.open, "accounts": d.showAccounts, "connect": d.connectChosen, "cancel": d.cancel,
	}
	take, known := steps[step]
	if !known {
		return nil, answer.UnknownURL(http.MethodPost, step)
	}
	var c clientCall
	if e := readJSON(r.Body, &c); e != nil {
		return nil, e
	}
	s, e := d.opened(c)
	if e != nil {
		return nil, e
	}
	if e := s.usable(r.At); e != nil {
		return nil, e
	}
	return take(s, c, r)
}

// opened finds the session of a client secret, or of the last part of a hosted session's address.
func (d *Desk) opened(c clientCall) (*Session, *answer.Error) {
	for i := range d.Sessions {
		s := &d.Sessions[i]
		if c.Token != "" && s.Hosted != nil && d.token(i) == c.Token {
			return s, nil
		}
	}
	if e := checkKey(c.Key); e != nil {
		return nil, e
	}
	missing := answer.NoSuch("client_secret", "financial_connections.session", strings.Repeat("*", 12))
	if c.Secret == "" {
		return nil, answer.RequiredParam("client_secret")
	}
	for i := range d.Sessions {
		s := &d.Sessions[i]
		if s.Hosted != nil || d.secret(s) != c.Secret || s.StripeAccount != c.StripeAccount {
			continue
		}
		if strings.HasPrefix(c.Key, "pk_live_") {
			missing.Message += "; a similar object exists in test mode, but a live mode key was used to make this " +
				"request."
			return nil, missing
		}
		if strings.Contains(c.Key, "other") {
			return nil, missing
		}
		return s, nil
	}
	return nil, missing
}

// checkKey takes publishable keys. One that contains "revoked" is refused, one that contains "other" belongs to
// another Stripe account.
func checkKey(key string) *answer.Error {
	isPublishable := strings.HasPrefix(key, "pk_test_") || strings.HasPrefix(key, "pk_live_")
	switch {
	case key == "":
		return answer.Unauthorized("You did not provide an API key.")
	case !isPublishable || strings.Contains(key, "revoked"):
		return answer.Unauthorized("Invalid API Key provided: " + strings.Repeat("*", 12))
	}
	return nil
}

// usable refuses a session that is over. Its texts are ours: Stripe publishes none.
func (s *Session) usable(now time.Time) *answer.Error {
	lifetime := modalLifetime
	if s.Hosted != nil {
		lifetime = hostedLifetime
	}
	if s.Status == "" && now.Sub(s.Created) > lifetime {
		s.end("expired", now)
	}
	switch s.Status {
	case "":
		return nil
	case "expired":
		return expired()
	case "succeeded":
		return answer.Invalid("", "client_secret", "This Financial Connections Session has already been completed.")
	}
	return answer.Invalid("", "client_secret", "This Financial Connections Session has already ended: create another.")
}

func expired() *answer.Error {
	return answer.Invalid("", "client_secret", "This Financial Connections Session has expired: create another.")
}

func (s *Session) end(status string, at time.Time) {
	s.Status, s.EndedAt = status, at
	if s.Relink != nil && len(s.Relink.Relinked) == 0 {
		s.Relink.WhyFailed = "other"
	}
}

// Expire ends a session as time does.
func (d *Desk) Expire(id string, at time.Time) bool {
	s := d.Session(id)
	if s != nil && s.Status == "" {
		s.end("expired", at)
	}
	return s != nil
}
