package linking

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/world"
)

// open is what the client shows first.
func (d *Desk) open(s *Session, c clientCall, r Request) (any, *answer.Error) {
	if c.Consent != nil {
		s.evidence(d.consent(c.Consent.ID), c.Consent.ID, time.Unix(c.Consent.CollectedAt, 0), r.At)
	}
	banks := append(world.Institutions(), DownBank, SlowBank)
	if s.Relink != nil {
		banks = []string{d.authorized(s.Relink.Authorization)[0].Institution}
	}
	shown := object{
		"id": s.ID, "permissions": s.Permissions, "institutions": banks, "limit": s.Limit,
		"relink": s.Relink != nil, "consent_given": s.Outcome == "consent_accepted", "hosted": s.Hosted != nil,
		"return_url": "",
	}
	if s.Hosted != nil {
		shown["return_url"] = s.Hosted.ReturnURL
	}
	return shown, nil
}

// evidence is what a consent that was collected before is worth: it is the holder's, was accepted and has not expired.
func (s *Session) evidence(c *Consent, id string, collected, now time.Time) {
	s.ConsentID, s.Outcome = id, "consent_required"
	if c != nil && c.Holder == s.Holder && !collected.Before(c.Created) && now.Before(c.Created.Add(consentHolds)) {
		s.Outcome = "consent_accepted"
	}
}

// atBank refuses banks that do not link, and unknown ones.
func (s *Session) atBank(bank string, now time.Time) *answer.Error {
	switch {
	case bank == DownBank:
		return &answer.Error{
			Status: http.StatusBadRequest, Kind: "api_error", Code: "financial_connections_institution_unavailable",
			Message: DownBank + " cannot be reached at the moment.",
		}
	case bank == SlowBank:
		s.end("expired", now)
		return expired()
	case !slices.Contains(world.Institutions(), bank):
		return answer.NoSuch("institution", "financial_connections.institution", bank)
	}
	return nil
}

// shown are the accounts of a bank that a holder may connect; where a session relinks, those of it.
func (d *Desk) shown(s *Session, bank string) (shown []world.BankAccount) {
	for _, b := range d.offered(s, bank) {
		id, isLinked := d.World.LinkedAs(s.Holder.ID, b)
		if r := s.Relink; r != nil && (!isLinked || r.Account != "" && r.Account != id) {
			continue
		}
		shown = append(shown, b)
	}
	return shown
}

func (d *Desk) showAccounts(s *Session, c clientCall, r Request) (any, *answer.Error) {
	if e := s.atBank(c.Institution, r.At); e != nil {
		return nil, e
	}
	accounts := []object{}
	for i, b := range d.shown(s, c.Institution) {
		accounts = append(accounts, object{
			"number": strconv.Itoa(i), "display_name": b.Name, "last4": b.Last4, "subcategory": b.Subcategory,
		})
	}
	return object{"accounts": accounts}, nil
}

// connectChosen links what the holder ticked, all of it or nothing.
func (d *Desk) connectChosen(s *Session, c clientCall, r Request) (any, *answer.Error) {
	if e := s.atBank(c.Institution, r.At); e != nil {
		return nil, e
	}
	shown := d.shown(s, c.Institution)
	var chosen []world.BankAccount
	for _, number := range slices.Compact(slices.Sorted(slices.Values(c.Accounts))) {
		i, err := strconv.Atoi(number)
		if err != nil || i < 0 || i >= len(shown) {
			return nil, answer.NoSuch("accounts", "account", number)
		}
		chosen = append(chosen, shown[i])
	}
	if len(chosen) == 0 || s.Limit > 0 && len(chosen) > s.Limit {
		return nil, answer.Invalid("", "accounts", "Choose at least one account, and no more than the session allows.")
	}
	for _, b := range chosen {
		d.choose(s, b, r.At)
	}
	s.end("succeeded", r.At)
	return d.clientResult(s), nil
}

// cancel ends a session without accounts; after its bank failed, as failed.
func (d *Desk) cancel(s *Session, c clientCall, r Request) (any, *answer.Error) {
	status := "cancelled"
	if c.Institution == DownBank {
		status = "failed"
	}
	s.end(status, r.At)
	return d.clientResult(s), nil
}

// clientResult is the session as Stripe.js gives it to the page: no secret, no balances.
func (d *Desk) clientResult(s *Session) object {
	accounts := []object{}
	for _, a := range d.Linked(s) {
		accounts = append(accounts, object{
			"id": a.ID, "object": "financial_connections.account", "livemode": false, "created": a.CreatedAt.Unix(),
			"category": a.Category, "subcategory": a.Subcategory, "display_name": a.Name,
			"institution_name": a.Institution, "last4": a.Last4,
		})
	}
	result := object{"id": s.ID, "accounts": accounts, "permissions": s.Permissions}
	if s.ReturnURL != "" {
		result["return_url"] = s.ReturnURL
	}
	return object{"financialConnectionsSession": result}
}
