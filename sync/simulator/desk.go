package simulator

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/faults"
	"fcpipe/sync/simulator/linking"
	"fcpipe/sync/simulator/world"
)

// runLinking answers what the desk has: customers, accounts of v2, consents and sessions.
func (s *Server) runLinking(r *http.Request, body string, params url.Values, result *answer.Answer) (is bool) {
	handle, id := s.desk.Route(r.Method, strings.Split(strings.Trim(r.URL.Path, "/"), "/"))
	if handle == nil {
		return false
	}
	value, e := handle(s.linkingRequest(r, body, params, id))
	if e != nil {
		result.Fail(e)
		return true
	}
	result.Succeed(value)
	return true
}

func (s *Server) linkingRequest(r *http.Request, body string, params url.Values, id string) linking.Request {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	return linking.Request{
		Params: params, Body: []byte(body), ID: id, Version: linking.Version(apiVersion(r)), At: s.whole(),
		StripeAccount: r.Header.Get("Stripe-Account"), Address: scheme + "://" + host, Without: s.trouble.Without,
	}
}

// Link completes a session as its holder would who connects n accounts; it answers their ids. An error says what
// Stripe would: there is no such session, or it allows fewer accounts.
func (s *Server) Link(session string, n int) ([]string, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tick()
	ids, e := s.desk.Link(session, n, s.whole())
	if e != nil {
		return nil, errors.New(e.Message)
	}
	return ids, nil
}

// Share has the holder of an account share these permissions from now on, and no others; false where there is no such
// account.
func (s *Server) Share(account string, permissions ...string) (known bool) {
	return s.change(account, faults.WorldActions{Permissions: &permissions})
}

// SetStatus has an account become active, inactive or disconnected, as its holder or bank does it; relinked and
// relinked_otherwise link it again under a new id. False where there is no such account.
func (s *Server) SetStatus(account, status string) (known bool) {
	return s.change(account, faults.WorldActions{AccountStatus: status})
}

func (s *Server) change(account string, do faults.WorldActions) (known bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tick()
	s.changeConsent(do, account)
	return s.account(account) != nil
}

// ExpireSession ends a session as time ends it; false where there is no such session.
func (s *Server) ExpireSession(id string) (known bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tick()
	return s.desk.Expire(id, s.whole())
}

// accountFor is an account as the version of a call shows it.
func (s *Server) accountFor(c *call, a *world.Account) object {
	shown := s.accountObject(a, s.now)
	if linking.Version(apiVersion(c.request)).Hosts() {
		shown["authorization"] = s.desk.Authorization(a)
	}
	if s.showsLabels(c) {
		s.addLabelStates(shown, a)
	}
	return shown
}

// showsLabels reports whether an answer has the labels of transactions: a private preview, so only by a preview
// version, and only in a world whose transactions get them.
func (s *Server) showsLabels(c *call) bool {
	return s.world.HasLabels() && linking.Version(apiVersion(c.request)).IsPreview()
}

// rowFor is a transaction as the version of a call shows it.
func (s *Server) rowFor(c *call, a *world.Account, row *world.VisibleRow) []byte {
	if !s.showsLabels(c) {
		return row.Rendered
	}
	return s.world.Labelled(a, row, s.now)
}

// addLabelStates adds to an account how far the labels of its transactions are.
func (s *Server) addLabelStates(shown object, a *world.Account) {
	if !a.ShowsAt("transactions", s.now) {
		return
	}
	status := object{"status": s.world.LabelStatus(a, s.now)}
	shown["classification_state"] = object{"money_movement": status, "personal_finance": status}
	shown["enrichment_state"] = object{"merchant": status}
}
