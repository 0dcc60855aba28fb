package faults

import (
	"errors"
	"fmt"
	"slices"

	"fcpipe/sync/simulator/world"
)

// WorldActions change the world itself, just before the request that meets the fault is
// answered. They stay after the fault is disarmed, but for gone.
type WorldActions struct {
	InsertNow int `json:"insert_now,omitempty"` // so many new rows at the account's bank
	// a row's date changes: to the top, or the end, of the list
	MoveRow      string           `json:"move_row,omitempty"`
	DeleteRow    bool             `json:"delete_row,omitempty"`    // a row is not listed any more
	ChangeStatus string           `json:"change_status,omitempty"` // a row becomes pending, posted or void
	ChangeRow    *world.RowChange `json:"change_row,omitempty"`    // a row becomes otherwise
	// a row becomes void, and another id posts in its place
	ReplaceRow bool `json:"replace_row,omitempty"`
	// which: next (default) is the first of the page asked for, cursor the one it starts after, or an id
	Row string `json:"row,omitempty"`
	// when rows show it: next_refresh (default), new_refresh at once, silently without a refresh
	Reveal        string   `json:"reveal,omitempty"`
	ShrinkHistory Duration `json:"shrink_history,omitempty"` // rows older than this are not listed any more
	// the account becomes inactive, disconnected or active, or is relinked
	AccountStatus string   `json:"account_status,omitempty"`
	FailRefresh   bool     `json:"fail_refresh,omitempty"` // the next refresh fails
	PendFor       Duration `json:"pend_for,omitempty"`     // the next refresh stays pending
	// the account is not listed; by its id it is kept, missing (404) or disconnected
	Unlisted  string `json:"unlisted,omitempty"`
	Gone      bool   `json:"gone,omitempty"`       // the account is answered 404 and not listed
	RevokeKey bool   `json:"revoke_key,omitempty"` // every key is answered 401 from now on
	// its holder shares this from now on: fewer permissions, more, or none
	Permissions *[]string `json:"permissions,omitempty"`
	// the account that account_status and permissions concern; left out, the one the request names
	Of string `json:"of,omitempty"`
	// this Stripe account has no access to: registration, a permission, hosted, consents, accounts_v2
	Without []string `json:"without,omitempty"`
	// every request is answered 429 for so long, with the fault's headers
	RateBurst Duration `json:"rate_burst,omitempty"`
}

// permissions are what a holder may share of an account.
var permissions = []string{"balances", "ownership", "payment_method", "transactions"}

// IsGone reports whether the account is answered 404.
func (a WorldActions) IsGone() bool { return a.Gone || a.Unlisted == "missing" }

// LeavesList reports whether lists leave the account out.
func (a WorldActions) LeavesList() bool { return a.Gone || a.Unlisted != "" }

// ConcernsRefreshes reports whether refreshes meet the fault, not requests.
func (a WorldActions) ConcernsRefreshes() bool { return a.FailRefresh || a.PendFor > 0 }

// ChangesRows reports whether the bank edits rows.
func (a WorldActions) ChangesRows() bool {
	return a.InsertNow > 0 || a.MoveRow != "" || a.DeleteRow || a.ChangeStatus != "" || a.ChangeRow != nil ||
		a.ReplaceRow
}

func (a WorldActions) check(when Condition) error {
	statuses := []string{"active", "inactive", "disconnected", "relinked", "relinked_otherwise"}
	for _, choice := range []struct {
		field, value string
		allowed      []string
	}{
		{"move_row", a.MoveRow, []string{"top", "end"}},
		{"change_status", a.ChangeStatus, []string{"pending", "posted", "void"}},
		{"reveal", a.Reveal, []string{"next_refresh", "new_refresh", "silently"}},
		{"unlisted", a.Unlisted, []string{"kept", "missing", "disconnected"}},
		{"account_status", a.AccountStatus, statuses},
	} {
		if choice.value != "" && !slices.Contains(choice.allowed, choice.value) {
			return fmt.Errorf("do.%s: %q is not one of %v", choice.field, choice.value, choice.allowed)
		}
	}
	if a.Permissions != nil {
		for _, permission := range *a.Permissions {
			if !slices.Contains(permissions, permission) {
				return fmt.Errorf("do.permissions: %q is not one of %v", permission, permissions)
			}
		}
	}
	switch {
	case a.Of != "" && a.Permissions == nil && a.AccountStatus == "":
		return errors.New("do.of: goes with permissions and account_status")
	case a.InsertNow < 0 || a.InsertNow > 1000:
		return errors.New("do.insert_now: 1 to 1000 rows")
	case (a.Row != "" || a.Reveal != "") && !a.ChangesRows():
		return errors.New("do: row and reveal go with an action on rows")
	case a.Gone && when.Account == "":
		return errors.New("do.gone: name the account in when.account")
	case a.Unlisted != "" && when.Account == "":
		return errors.New("do.unlisted: name the account in when.account")
	case a.ConcernsRefreshes() && (when.Method != "" || when.Path != "" || when.Param != "" || when.Page > 0):
		return errors.New("when: fail_refresh and pend_for concern refreshes, not requests; " +
			"name account, feature, nth, skip, times or probability")
	case when.Feature != "" && !a.ConcernsRefreshes():
		return errors.New("when.feature: goes with fail_refresh and pend_for")
	}
	return nil
}
