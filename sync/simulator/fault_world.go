package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// WorldActions change the world itself, just before the request that meets the fault is
// answered. They stay after the fault is disarmed, but for gone.
type WorldActions struct {
	InsertNow     int        `json:"insert_now,omitempty"`     // so many new rows at the account's bank
	MoveRow       string     `json:"move_row,omitempty"`       // a row's date changes: to the top, or the end, of the list
	DeleteRow     bool       `json:"delete_row,omitempty"`     // a row is not listed any more
	ChangeStatus  string     `json:"change_status,omitempty"`  // a row becomes pending, posted or void
	ChangeRow     *RowChange `json:"change_row,omitempty"`     // a row becomes otherwise
	ReplaceRow    bool       `json:"replace_row,omitempty"`    // a row becomes void, and another id posts in its place
	Row           string     `json:"row,omitempty"`            // which: next (default) is the first of the page asked for, cursor the one it starts after, or an id
	Reveal        string     `json:"reveal,omitempty"`         // when rows show it: next_refresh (default), new_refresh at once, silently without a refresh
	ShrinkHistory Duration   `json:"shrink_history,omitempty"` // rows older than this are not listed any more
	AccountStatus string     `json:"account_status,omitempty"` // the account becomes inactive, disconnected or active, or is relinked
	FailRefresh   bool       `json:"fail_refresh,omitempty"`   // the next refresh fails
	PendFor       Duration   `json:"pend_for,omitempty"`       // the next refresh stays pending
	Unlisted      string     `json:"unlisted,omitempty"`       // the account is not listed; by its id it is kept, missing (404) or disconnected
	Gone          bool       `json:"gone,omitempty"`           // the account is answered 404 and not listed
	RevokeKey     bool       `json:"revoke_key,omitempty"`     // every key is answered 401 from now on
	RateBurst     Duration   `json:"rate_burst,omitempty"`     // every request is answered 429 for so long, with the fault's headers
}

// RowChange is what becomes of a row at its bank. Nil fields stay.
type RowChange struct {
	Status       *string `json:"status,omitempty"`
	Amount       *int64  `json:"amount,omitempty"`
	Currency     *string `json:"currency,omitempty"`
	Description  *string `json:"description,omitempty"`
	TransactedAt *int64  `json:"transacted_at,omitempty"`
}

func (a WorldActions) isGone() bool { return a.Gone || a.Unlisted == "missing" }

func (a WorldActions) leavesList() bool { return a.Gone || a.Unlisted != "" }

func (a WorldActions) concernsRefreshes() bool { return a.FailRefresh || a.PendFor > 0 }

func (a WorldActions) changesRows() bool {
	return a.InsertNow > 0 || a.MoveRow != "" || a.DeleteRow || a.ChangeStatus != "" || a.ChangeRow != nil || a.ReplaceRow
}

func (a WorldActions) check(when Condition) error {
	for _, choice := range []struct {
		field, value string
		allowed      []string
	}{
		{"move_row", a.MoveRow, []string{"top", "end"}},
		{"change_status", a.ChangeStatus, []string{"pending", "posted", "void"}},
		{"reveal", a.Reveal, []string{"next_refresh", "new_refresh", "silently"}},
		{"unlisted", a.Unlisted, []string{"kept", "missing", "disconnected"}},
		{"account_status", a.AccountStatus, []string{"active", "inactive", "disconnected", "relinked", "relinked_otherwise"}},
	} {
		if choice.value != "" && !slices.Contains(choice.allowed, choice.value) {
			return fmt.Errorf("do.%s: %q is none of %v", choice.field, choice.value, choice.allowed)
		}
	}
	switch {
	case a.InsertNow < 0 || a.InsertNow > 1000:
		return errors.New("do.insert_now: 1 to 1000 rows")
	case (a.Row != "" || a.Reveal != "") && !a.changesRows():
		return errors.New("do: row and reveal go with an action on rows")
	case a.Gone && when.Account == "":
		return errors.New("do.gone: name the account in when.account")
	case a.Unlisted != "" && when.Account == "":
		return errors.New("do.unlisted: name the account in when.account")
	case a.concernsRefreshes() && (when.Method != "" || when.Path != "" || when.Param != "" || when.Page > 0):
		return errors.New("when: fail_refresh and pend_for concern refreshes, not requests; name account, feature, nth, skip, times or probability")
	case when.Feature != "" && !a.concernsRefreshes():
		return errors.New("when.feature: goes with fail_refresh and pend_for")
	}
	return nil
}

// changeWorld does what a fault does to the world when a request meets it.
func (s *Server) changeWorld(a WorldActions, headers map[string]string, r *http.Request, params url.Values) {
	if a.RevokeKey {
		s.trouble.KeyRevoked = true
	}
	if a.RateBurst > 0 {
		s.trouble.BurstUntil = s.now.Add(time.Duration(a.RateBurst))
		s.trouble.BurstReason = headers["Stripe-Rate-Limited-Reason"]
	}
	account := s.account(accountNamed(r, params))
	if account == nil {
		return
	}
	switch a.AccountStatus {
	case "inactive":
		account.State.BrokenAt = s.whole()
	case "disconnected":
		s.disconnect(account)
	case "active":
		account.State.BrokenAt, account.inactiveAt = unset, unset
	case "relinked":
		s.relink(account, false)
	case "relinked_otherwise":
		s.relink(account, true)
	}
	if a.ShrinkHistory > 0 {
		account.State.HistoryCut = s.now.Add(-time.Duration(a.ShrinkHistory))
		account.view = nil
	}
	if a.changesRows() {
		s.changeRows(account, a, params.Get("starting_after"))
	}
}

// isGone reports whether a fault has taken the account away.
func (s *Server) isGone(id string) bool {
	return slices.ContainsFunc(s.faults, func(f *armedFault) bool { return f.Do.isGone() && f.When.Account == id })
}

// isUnlisted reports whether lists leave the account out.
func (s *Server) isUnlisted(id string) bool {
	return slices.ContainsFunc(s.faults, func(f *armedFault) bool { return f.Do.leavesList() && f.When.Account == id })
}

// refreshFault decides what an armed fault makes of a refresh that begins.
func (s *Server) refreshFault(a *account, feature string) (fails bool, pends time.Duration) {
	for _, f := range s.faults {
		if !f.Do.concernsRefreshes() || f.When.Account != "" && f.When.Account != a.id || f.When.Feature != "" && f.When.Feature != feature {
			continue
		}
		times := f.When.Times
		if times == 0 && f.When.Probability == 0 {
			times = 1 // the next one
		}
		if f.strikes(s, a.id, times) {
			return f.Do.FailRefresh, time.Duration(f.Do.PendFor)
		}
	}
	return false, 0
}
