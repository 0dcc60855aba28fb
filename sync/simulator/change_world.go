package simulator

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"fcpipe/sync/simulator/draw"
	"fcpipe/sync/simulator/faults"
	"fcpipe/sync/simulator/world"
)

// changeWorld does what a fault does to the world when a request meets it.
func (s *Server) changeWorld(a faults.WorldActions, headers map[string]string, r *http.Request, params url.Values) {
	if a.RevokeKey {
		s.trouble.KeyRevoked = true
	}
	for _, access := range a.Without {
		if !slices.Contains(s.trouble.Without, access) {
			s.trouble.Without = append(s.trouble.Without, access)
		}
	}
	if a.RateBurst > 0 {
		s.trouble.BurstUntil = s.now.Add(time.Duration(a.RateBurst))
		s.trouble.BurstReason = headers["Stripe-Rate-Limited-Reason"]
	}
	named := faults.AccountNamed(r, params)
	s.changeConsent(a, cmp.Or(a.Of, named))
	account := s.account(named)
	if account == nil {
		return
	}
	if a.ShrinkHistory > 0 {
		account.State.HistoryCut = s.now.Add(-time.Duration(a.ShrinkHistory))
		account.ForgetView()
	}
	if a.ChangesRows() {
		s.changeRows(account, a, params.Get("starting_after"))
	}
}

// changeConsent does what a holder, or their bank, does to a connection.
func (s *Server) changeConsent(a faults.WorldActions, id string) {
	account := s.account(id)
	if account == nil {
		return
	}
	switch a.AccountStatus {
	case "inactive":
		account.Break(s.whole())
	case "disconnected":
		s.disconnect(account)
	case "active":
		account.Reactivate(s.whole())
	case "relinked":
		s.relink(account, false)
	case "relinked_otherwise":
		s.relink(account, true)
	}
	if a.Permissions != nil {
		account.Share(*a.Permissions, s.whole())
	}
}

// changeRows edits the row a fault means, and lets refreshes show it when it says so.
func (s *Server) changeRows(a *world.Account, do faults.WorldActions, startingAfter string) {
	v := s.world.Visible(a, s.now)
	since := s.revealFrom(a, do.Reveal)
	target, found := targetOf(v, do.Row, startingAfter)
	edit := func(e world.Edit) {
		e.Since = since
		a.State.Edits = append(a.State.Edits, e)
	}
	for range do.InsertNow {
		x := draw.Of(s.world.Config.Seed, a.Identity(), "inserted", int64(len(a.State.Edits)))
		edit(s.insertion(a, s.now, -draw.Between(x, 100, 9900), "INSERTED"))
	}
	if found {
		row := v.Rows[target]
		switch do.MoveRow {
		case "top":
			top := v.Rows[0].Version.At.Add(time.Second)
			edit(world.Edit{Row: row.ID, Change: world.RowChange{TransactedAt: unixOf(top)}})
		case "end":
			end := v.Rows[len(v.Rows)-1].Version.At.Add(-time.Second)
			edit(world.Edit{Row: row.ID, Change: world.RowChange{TransactedAt: unixOf(end)}})
		}
		if do.DeleteRow {
			edit(world.Edit{Row: row.ID, Deleted: true})
		}
		if do.ChangeStatus != "" {
			edit(world.Edit{Row: row.ID, Change: world.RowChange{Status: &do.ChangeStatus}})
		}
		if do.ChangeRow != nil {
			edit(world.Edit{Row: row.ID, Change: *do.ChangeRow})
		}
		if do.ReplaceRow {
			void := "void"
			edit(world.Edit{Row: row.ID, Change: world.RowChange{Status: &void}})
			edit(s.insertion(a, row.Version.At, row.Version.Amount, row.Version.Description))
		}
	}
	s.world.Extend(a, s.now)
	a.ApplyEdits()
	a.ForgetView()
	if do.Reveal == "new_refresh" {
		s.settleAtOnce(a, since)
	}
}

// insertion is a row that was not drawn.
func (s *Server) insertion(a *world.Account, at time.Time, amount int64, description string) world.Edit {
	status, n := "posted", len(a.State.Edits)
	return world.Edit{
		Row: draw.ID("fctxn_", s.world.Config.Seed, a.Identity(), "inserted", int64(n)), New: true,
		Change: world.RowChange{Status: &status, Amount: &amount, Description: &description, TransactedAt: unixOf(at)},
	}
}

func unixOf(at time.Time) *int64 {
	seconds := at.Unix()
	return &seconds
}

// targetOf finds the row a fault means among those that are shown.
func targetOf(v *world.View, wanted, startingAfter string) (int, bool) {
	after, paging := v.Position[startingAfter]
	switch wanted {
	case "", "next":
		if !paging {
			after = -1
		}
		return after + 1, after+1 < len(v.Rows)
	case "cursor":
		return after, paging
	}
	at, known := v.Position[wanted]
	return at, known
}

// revealFrom is the instant from which refreshes show an edit. A new refresh needs a second
// of its own; an edit without one dates back to the refresh before.
func (s *Server) revealFrom(a *world.Account, reveal string) time.Time {
	done := a.Succeeded(s.now)
	switch last, any := a.Latest("transactions"); {
	case reveal == "new_refresh" && any && !s.whole().After(last.AttemptedAt):
		s.now = last.AttemptedAt.Add(time.Second)
	case reveal == "silently" && len(done) > 0:
		return slices.MaxFunc(world.SeenBy(done), time.Time.Compare)
	}
	return s.whole()
}

// settleAtOnce is a refresh that another client asked for and that has succeeded already.
func (s *Server) settleAtOnce(a *world.Account, at time.Time) {
	history := a.State.Refreshes["transactions"]
	a.State.Refreshes["transactions"] = append(history, world.Refresh{
		ID:          s.world.RefreshID(a, "transactions", len(history)),
		AttemptedAt: at, SettlesAt: at, Succeeds: true, Source: "other",
	})
}

// Relink links a bank account again, as a holder does after its connection broke: a new
// account with the same bank's rows under new ids; the old one goes inactive.
func (s *Server) Relink(id string) (newID string, known bool) { return s.linkAgain(id, false) }

// RelinkOtherwise links a bank account again through another connection, which tells other texts
// and, of some rows, another day.
func (s *Server) RelinkOtherwise(id string) (newID string, known bool) {
	return s.linkAgain(id, true)
}

func (s *Server) linkAgain(id string, otherwise bool) (newID string, known bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tick()
	old := s.account(id)
	if old == nil {
		return "", false
	}
	return s.relink(old, otherwise).ID, true
}

func (s *Server) relink(old *world.Account, otherwise bool) *world.Account {
	a := s.world.Link(world.Link{
		Relinks: old.ID, Holder: old.Holder, Permissions: old.SharedAt(s.now), At: s.whole(),
		Otherwise: otherwise, Connected: old.Connected,
	})
	s.world.BeginRefresh(a, "transactions", "link", s.whole())
	return a
}
