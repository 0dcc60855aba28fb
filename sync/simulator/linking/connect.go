package linking

import (
	"slices"
	"time"

	"fcpipe/sync/simulator/answer"
	"fcpipe/sync/simulator/world"
)

// Link completes a session as its holder would who connects n accounts without looking: what they are is drawn, of
// the kinds the session asks for. It may be called again, to connect more.
func (d *Desk) Link(sessionID string, n int, at time.Time) (ids []string, refused *answer.Error) {
	s := d.Session(sessionID)
	if s == nil {
		return nil, answer.Missing("financial_connections.session", sessionID)
	}
	if s.Limit > 0 && len(d.Linked(s))+n > s.Limit {
		return nil, answer.Invalid("", "accounts", "The session allows fewer accounts.")
	}
	chosen := make([]*world.BankAccount, n)
	if len(s.Subcategories) > 0 {
		offered := d.unlinked(s)
		if len(offered) < n {
			return nil, answer.Invalid("", "accounts", "The holder has fewer accounts of the kinds that are asked for.")
		}
		for i := range chosen {
			chosen[i] = &offered[i]
		}
	}
	for _, bank := range chosen {
		ids = append(ids, d.connect(s, world.Link{Bank: bank}, at))
	}
	s.Status, s.EndedAt = "succeeded", at
	return ids, nil
}

// unlinked are the accounts a session's holder has at any bank, of the kinds it asks for, that are not linked.
func (d *Desk) unlinked(s *Session) (offered []world.BankAccount) {
	for _, bank := range world.Institutions() {
		for _, b := range d.offered(s, bank) {
			if _, isLinked := d.World.LinkedAs(s.Holder.ID, b); !isLinked {
				offered = append(offered, b)
			}
		}
	}
	return offered
}

// offered are the accounts a holder may choose at a bank.
func (d *Desk) offered(s *Session, bank string) []world.BankAccount {
	return slices.DeleteFunc(d.World.Offered(s.Holder.ID, bank), func(b world.BankAccount) bool {
		return len(s.Subcategories) > 0 && !slices.Contains(s.Subcategories, b.Subcategory)
	})
}

// choose connects an account its holder chose. One that is linked already gets a new id, and the old one goes
// inactive.
func (d *Desk) choose(s *Session, b world.BankAccount, at time.Time) string {
	if s.Relink != nil {
		return d.reconnect(s, b, at)
	}
	if linked, isLinked := d.World.LinkedAs(s.Holder.ID, b); isLinked {
		return d.connect(s, world.Link{Relinks: linked}, at)
	}
	return d.connect(s, world.Link{Bank: &b}, at)
}

// connect links an account, and begins the refreshes that are prefetched.
func (d *Desk) connect(s *Session, by world.Link, at time.Time) string {
	by.Session, by.Holder, by.Connected, by.At = s.ID, s.Holder.ID, s.Connected, at
	by.Permissions = s.Permissions
	a := d.World.Link(by)
	d.prefetch(s, a, at)
	return a.ID
}

// reconnect repairs the connection of an account; it keeps its id, and shares what the session asks for.
func (d *Desk) reconnect(s *Session, b world.BankAccount, at time.Time) string {
	id, _ := d.World.LinkedAs(s.Holder.ID, b)
	a := d.World.ByID[id]
	a.Reactivate(at)
	a.Share(s.Permissions, at)
	s.Relink.Relinked = append(s.Relink.Relinked, id)
	d.prefetch(s, a, at)
	return id
}

func (d *Desk) prefetch(s *Session, a *world.Account, at time.Time) {
	for _, feature := range []string{"balance", "ownership", "transactions"} {
		permission := world.PermissionFor[feature]
		if slices.Contains(s.Prefetch, permission) && a.Permits(permission) {
			d.World.BeginRefresh(a, feature, "link", at)
		}
	}
}
