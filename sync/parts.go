package sync

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/wire"
)

// refreshParts say where an account shows the latest refresh of a feature.
var refreshParts = map[string]string{
	plan.FeatureBalance:      wire.PartBalanceRefresh,
	plan.FeatureOwnership:    wire.PartOwnershipRefresh,
	plan.FeatureTransactions: wire.PartTransactionRefresh,
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
	for _, refused := range a.Refused {
		switch refused.Part {
		case wire.PartDisplayName:
			a.DisplayName = held.DisplayName
		case wire.PartLast4:
			a.Last4 = held.Last4
		case wire.PartPermissions:
			a.Permissions = held.Permissions
		case wire.PartSubscriptions:
			a.Subscriptions = held.Subscriptions
		case wire.PartBalanceRefresh:
			a.BalanceRefresh = held.BalanceRefresh
		case wire.PartOwnershipRefresh:
			a.OwnershipRefresh = held.OwnershipRefresh
		case wire.PartTransactionRefresh:
			a.TransactionRefresh = held.TransactionRefresh
		}
	}
}

// refuseEarly refuses a refresh of transactions that was attempted before the account was there: the cursor would
// be complete through an instant that never was.
func (a *reading) refuseEarly(now time.Time) {
	t := a.TransactionRefresh
	if t == nil || !believed(a.CreatedAt, now) || existed(a.Account, t.AttemptedAt) {
		return
	}
	raw := fmt.Appendf(nil, `{"id":%q,"last_attempted_at":%d}`, orEmpty(t.RefreshID), t.AttemptedAt.Unix())
	a.TransactionRefresh = nil
	a.Refused = append(a.Refused, wire.RefusedPart{
		Part: wire.PartTransactionRefresh,
		Err:  &wire.FieldError{Field: "transaction_refresh.last_attempted_at", Reason: reasonEarly},
		Raw:  raw,
	})
}

// unsure reports whether an account's newest refresh of transactions cannot be read: its rows are
// listed, its cursor stays.
func (r *round) unsure(accountID string) bool {
	a := r.account(accountID)
	return a.Lacks(wire.PartTransactionRefresh) && a.Status != "disconnected" && plan.IsShared(a.Account, plan.FeatureTransactions)
}

// isUnread reports whether a feature of an account could not be read in this round: nothing is bought on what is held
// of it.
func isUnread(a reading, feature string) bool {
	return a.Lacks(refreshParts[feature]) || feature == plan.FeatureTransactions && a.Lacks(wire.PartSubscriptions)
}

// noteParts puts refused parts, as the accounts are now, into quarantine. What is held of such an
// account is good; it is not complete.
func (r *round) noteParts() {
	for a := range r.roster.readings() {
		if len(a.Refused) == 0 {
			continue
		}
		var fields []string
		for _, refused := range a.Refused {
			row := refuse(schema.QuarantinedRow{AccountID: a.AccountID, Object: refused.Part, RequestID: a.requestID, Raw: refused.Raw}, refused.Err)
			r.roster.refused, fields = append(r.roster.refused, row), append(fields, refused.Err.Error())
		}
		code := codePart
		if a.Lacks(wire.PartTransactionRefresh) { // it is read less and less often, like one whose rows are refused
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
		r.roster.partly = append(r.roster.partly, a)
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
