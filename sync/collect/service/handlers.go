package service

import (
	"net/http"
	"regexp"
	"slices"
	"time"

	"fcpipe/sync/collect"
)

// createTicket gives a server of the operator's a ticket for one holder.
func (s *Service) createTicket(w http.ResponseWriter, r *http.Request, who caller) {
	var asked struct {
		Holder string `json:"holder"`
	}
	if !who.isServer {
		refuse(w, http.StatusForbidden, "not_a_server", "A ticket makes no tickets: your server does.")
		return
	}
	if !read(w, r, &asked) {
		return
	}
	h, ok := s.holder(w, who, asked.Holder)
	if !ok {
		return
	}
	until := s.options.Clock().Add(TicketHolds)
	write(w, http.StatusCreated, map[string]any{
		"ticket": s.signer.ticket(h, until), "holder": h.String(), "expires_at": until.UTC().Format(time.RFC3339),
	})
}

// holder is who a request is about: whom it names, or whose ticket it came with.
func (s *Service) holder(w http.ResponseWriter, who caller, named string) (h collect.Holder, ok bool) {
	if h = who.holder; named != "" || who.isServer {
		var err error
		if h, err = collect.ParseHolder(named); err != nil {
			refuse(w, http.StatusBadRequest, "bad_holder", "A holder is cus_…, acct_… or customer_account:acct_….")
			return h, false
		}
	}
	switch {
	case !who.may(h):
		refuse(w, http.StatusForbidden, "other_holder", "This ticket is for another holder.")
		return h, false
	case len(s.options.Holders) > 0 && !slices.Contains(s.options.Holders, h.String()):
		refuse(w, http.StatusForbidden, "holder_not_read", "Rounds do not read this holder: sync.holders.")
		return h, false
	}
	return h, true
}

// opening is what a client opens a session with. The client secret is here and nowhere else.
type opening struct {
	Session        string   `json:"session"`
	PublishableKey string   `json:"publishable_key"`
	StripeAccount  string   `json:"stripe_account,omitempty"`
	ClientSecret   string   `json:"client_secret"`
	Permissions    []string `json:"permissions"`
	Notice         notice   `json:"notice"`
}

// notice is what the application shows before, in its own way.
type notice struct {
	Text    string `json:"text"`
	Version string `json:"version"`
	Locale  string `json:"locale"`
}

func (s *Service) createSession(w http.ResponseWriter, r *http.Request, who caller) {
	var asked struct {
		Holder string `json:"holder"`
	}
	if !read(w, r, &asked) {
		return
	}
	h, ok := s.holder(w, who, asked.Holder)
	if !ok {
		return
	}
	made, err := s.options.Collector.Create(r.Context(), h, s.options.Terms)
	if err != nil {
		s.fail(w, err)
		return
	}
	e := s.options.Notice.Evidence()
	write(w, http.StatusCreated, opening{
		Session: made.ID, PublishableKey: s.options.PublishableKey, StripeAccount: s.options.StripeAccount,
		ClientSecret: string(made.ClientSecret), Permissions: made.Permissions,
		Notice: notice{e.Text, e.TextVersion, e.Locale},
	})
}

var sessionID = regexp.MustCompile(`^fcsess_[A-Za-z0-9]{1,250}$`)

// session is the one of the address, if the caller may know it: another holder's does not exist for a ticket. Stripe is
// asked only where it is not known what the session ended with.
func (s *Service) session(w http.ResponseWriter, r *http.Request, who caller) (found remembered, ok bool) {
	id := r.PathValue("id")
	found, known := s.work.find(id)
	var err error
	switch {
	case known:
	case !sessionID.MatchString(id):
		err = collect.ErrNoSession
	default:
		found.session, err = s.options.Collector.Retrieve(r.Context(), id)
	}
	switch {
	case err != nil || who.isServer:
	case !found.session.IsOf(who.holder):
		err = collect.ErrNoSession
	default:
		found.session.Holder = who.holder
	}
	if err == nil && !known {
		found.accounts, err = s.options.Collector.Linked(r.Context(), id)
	}
	if err != nil {
		s.fail(w, err)
	}
	return found, err == nil
}

// result is what a client says of a session that is over.
type result struct {
	collect.Ending
	// Shown is what the holder was shown before: the notice's version and locale, or the application's own text
	Shown *struct {
		Text    string `json:"text"`
		Version string `json:"version"`
		Locale  string `json:"locale"`
	} `json:"shown"`
}

// evidence is what was shown: where it was our notice, its text is known.
func (s *Service) evidence(told result) collect.Evidence {
	if told.Shown == nil {
		return collect.Evidence{}
	}
	e := collect.Evidence{
		Text: told.Shown.Text, TextVersion: told.Shown.Version, Locale: told.Shown.Locale,
	}
	ours := s.options.Notice.Evidence()
	if e.Text == "" && e.TextVersion == ours.TextVersion && e.Locale == ours.Locale {
		return ours
	}
	return e
}

// reportResult asks Stripe what a session ended with, and keeps it. Told twice it does nothing more.
func (s *Service) reportResult(w http.ResponseWriter, r *http.Request, who caller) {
	var told result
	if !read(w, r, &told) {
		return
	}
	if !told.IsKnown() {
		refuse(w, http.StatusBadRequest, "bad_outcome", "The outcome is completed, cancelled or failed.")
		return
	}
	found, ok := s.session(w, r, who)
	if !ok {
		return
	}
	if len(found.accounts) > 0 {
		consents := s.options.Collector.Consents(found.session, found.accounts, s.evidence(told), s.options.Now())
		if err := s.work.link(r.Context(), found.session, found.accounts, consents); err != nil {
			s.fail(w, err)
			return
		}
	}
	write(w, http.StatusOK, s.state(found))
}

func (s *Service) sessionState(w http.ResponseWriter, r *http.Request, who caller) {
	if found, ok := s.session(w, r, who); ok {
		write(w, http.StatusOK, s.state(found))
	}
}

// state is what a client is told of a session.
func (s *Service) state(found remembered) any {
	step, accounts := stepNothing, []collect.ShownAccount{}
	if now, known := s.work.find(found.session.ID); known {
		found, step = now, now.step
	} else if len(found.accounts) > 0 {
		step = stepLinked
	}
	for _, a := range found.accounts {
		accounts = append(accounts, collect.Show(a))
	}
	return map[string]any{"session": found.session.ID, "step": step, "accounts": accounts}
}
