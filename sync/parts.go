package sync

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
)

// Parts of an account that are refused alone.
const (
	partBalance            = "balance"
	partHolder             = "account_holder"
	partDisplayName        = "display_name"
	partLast4              = "last4"
	partPermissions        = "permissions"
	partSubscriptions      = "subscriptions"
	partBalanceRefresh     = "balance_refresh"
	partOwnershipRefresh   = "ownership_refresh"
	partTransactionRefresh = "transaction_refresh"
)

// refreshParts say where an account shows the latest refresh of a feature.
var refreshParts = map[string]string{
	FeatureBalance:      partBalanceRefresh,
	FeatureOwnership:    partOwnershipRefresh,
	FeatureTransactions: partTransactionRefresh,
}

// refusedPart is a part of an account that cannot be decoded.
type refusedPart struct {
	part string
	err  error // a *fieldError
	raw  []byte
}

// lacks reports whether a part of an account was refused.
func (a *reading) lacks(part string) bool {
	for _, refused := range a.refused {
		if refused.part == part {
			return true
		}
	}
	return false
}

// keepKnown fills in what was refused, and a holder or refresh that is not stated any more, with what is
// known of the account: null is "not stated", and an account has one holder for ever.
func (a *reading) keepKnown(held schema.Account) {
	if a.HolderID == nil {
		a.HolderType, a.HolderID = held.HolderType, held.HolderID
	}
	if !consentChanged(a.Account, held) { // those of transactions tell whether a replica lags
		a.BalanceRefresh = cmp.Or(a.BalanceRefresh, held.BalanceRefresh)
		a.OwnershipRefresh = cmp.Or(a.OwnershipRefresh, held.OwnershipRefresh)
	}
	for _, refused := range a.refused {
		switch refused.part {
		case partDisplayName:
			a.DisplayName = held.DisplayName
		case partLast4:
			a.Last4 = held.Last4
		case partPermissions:
			a.Permissions = held.Permissions
		case partSubscriptions:
			a.Subscriptions = held.Subscriptions
		case partBalanceRefresh:
			a.BalanceRefresh = held.BalanceRefresh
		case partOwnershipRefresh:
			a.OwnershipRefresh = held.OwnershipRefresh
		case partTransactionRefresh:
			a.TransactionRefresh = held.TransactionRefresh
		}
	}
}

// refuseEarly refuses a refresh of transactions that was attempted before the account was there: the cursor would
// be complete through an instant that never was.
func (a *reading) refuseEarly(now time.Time) {
	t := a.TransactionRefresh
	if t == nil || a.stored || !believed(a.CreatedAt, now) || existed(a.Account, t.AttemptedAt) {
		return
	}
	raw := fmt.Appendf(nil, `{"id":%q,"last_attempted_at":%d}`, orEmpty(t.RefreshID), t.AttemptedAt.Unix())
	a.TransactionRefresh = nil
	a.refused = append(a.refused, refusedPart{partTransactionRefresh, &fieldError{"transaction_refresh.last_attempted_at", reasonEarly}, raw})
}

// shares reports whether the holder shared something, as far as it is stated.
func shares(a schema.Account, permission string) bool {
	return a.Permissions == nil || slices.Contains(a.Permissions, permission)
}

// unsure reports whether an account's newest refresh of transactions cannot be read: its rows are
// listed, its cursor stays.
func (r *round) unsure(accountID string) bool {
	a := r.account(accountID)
	return a.lacks(partTransactionRefresh) && a.Status != "disconnected" && shares(a.Account, "transactions")
}

func (r *round) unsureAccounts() map[string]bool {
	unsure := map[string]bool{}
	for _, a := range r.accounts {
		unsure[a.AccountID] = r.unsure(a.AccountID)
	}
	return unsure
}

// unreadable are the purchases that would follow from something that could not be read: of accounts, or
// of single features of them.
func (r *round) unreadable() map[string]bool {
	unread := maps.Clone(r.unread)
	for _, a := range r.accounts {
		for feature, part := range refreshParts {
			if a.lacks(part) || feature == FeatureTransactions && a.lacks(partSubscriptions) {
				unread[a.AccountID+feature] = true
			}
		}
	}
	return unread
}

// noteParts puts refused parts, as the accounts are now, into quarantine. What is held of such an
// account is good; it is not complete.
func (r *round) noteParts() {
	for _, a := range r.accounts {
		if len(a.refused) == 0 || a.stored {
			continue
		}
		var fields []string
		for _, refused := range a.refused {
			row := refuse(schema.QuarantinedRow{AccountID: a.AccountID, Object: refused.part, RequestID: a.requestID, Raw: refused.raw}, refused.err)
			r.refused, fields = append(r.refused, row), append(fields, refused.err.Error())
		}
		code := codePart
		if a.lacks(partTransactionRefresh) { // it is read less and less often, like one whose rows are refused
			code = codeRefused
		}
		r.incomplete(a.AccountID, code, strings.Join(fields, "; ")+": refused, the rest is kept; see meta.quarantine")
	}
}

// noteRefused says which entries of a list of accounts were refused. What could be decoded of those
// with an id is kept for the charges: Stripe bills them like others.
func (r *round) noteRefused(listed listing) {
	for _, row := range listed.refused {
		if row.AccountID == "" {
			r.report.EntriesRefused++
			r.syncer.options.Log.Warn("an entry of the account list was refused",
				"position", row.Position, "field", row.Field, "reason", row.Reason)
			continue
		}
		r.failReason(row.AccountID, codeRefused, "the account itself was refused, see meta.quarantine")
	}
	for _, a := range listed.partly {
		a.keepKnown(r.state.Accounts[a.AccountID].Account)
		if a.InstitutionName == "" {
			a.InstitutionName = r.state.Accounts[a.AccountID].InstitutionName
		}
		r.partly = append(r.partly, a)
	}
}

// belongsElsewhere reports whether an account was first seen with another Stripe account, and says so: its
// rows are those of that one.
func (r *round) belongsElsewhere(a reading) bool {
	shown, isShown := r.find(a.AccountID)
	first := shown.StripeAccountID
	if !isShown {
		first = r.state.Accounts[a.AccountID].StripeAccountID
	}
	isOther := first != nil && a.StripeAccountID != nil && *first != *a.StripeAccountID
	if !isOther && (!isShown || r.sourceOf(shown.Account) == r.sourceOf(a.Account)) {
		return false
	}
	r.incomplete(a.AccountID, codeElsewhere, "listed by "+orEmpty(a.StripeAccountID)+" too, which is left aside: it was first seen elsewhere")
	return true
}
