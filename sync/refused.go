package sync

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
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

// refuseEarly refuses a refresh of transactions that was attempted before the account was created: the account would
// count as complete through an instant at which it did not exist.
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
	return a.Lacks(wire.PartTransactionRefresh) && a.Status != "disconnected" &&
		plan.IsShared(a.Account, plan.FeatureTransactions)
}

// isUnread reports whether a feature of an account could not be read in this round. The state held may be old, so
// nothing is bought for it.
func isUnread(a reading, feature string) bool {
	return a.Lacks(refreshParts[feature]) || feature == plan.FeatureTransactions && a.Lacks(wire.PartSubscriptions)
}

// noteParts puts refused parts, as the accounts are now, into quarantine. Such an account keeps what is held of it, and
// is not complete.
func (r *round) noteParts() {
	for a := range r.roster.readings() {
		if len(a.Refused) == 0 {
			continue
		}
		var fields []string
		for _, refused := range a.Refused {
			row := refuse(
				schema.QuarantinedRow{
					AccountID: a.AccountID,
					Object:    refused.Part,
					RequestID: a.requestID,
					Raw:       refused.Raw,
				},
				refused.Err,
			)
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

// belongsElsewhere reports whether an account was first seen with another Stripe account, with which it is read. It
// notes that the account is not complete.
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
	r.incomplete(
		a.AccountID,
		codeElsewhere,
		"listed by "+orEmpty(a.StripeAccountID)+" too, which is ignored: it was first seen elsewhere",
	)
	return true
}

// bodies are hashes of rows: a row without an id is known by nothing else.
type bodies map[[sha256.Size]byte]bool

// add reports whether a row is new.
func (b bodies) add(raw []byte) bool {
	sum := sha256.Sum256(raw)
	known := b[sum]
	b[sum] = true
	return !known
}

// refusals are the rows of one account that were refused. Read again, a row is refused again: it counts once, and
// goes to quarantine once.
type refusals struct {
	current bodies // since the list began (again)
	landed  bodies
}

func newRefusals() refusals { return refusals{bodies{}, bodies{}} }

// restart drops what was refused before the list began again: those rows may be gone, or readable by now.
func (r refusals) restart() { clear(r.current) }

// add counts a row, and reports whether it is to go to quarantine.
func (r refusals) add(raw []byte) bool {
	r.current.add(raw)
	return r.landed.add(raw)
}

// count is how many rows of the list are refused.
func (r refusals) count() int { return len(r.current) }

// Why something that was decoded is refused.
const (
	reasonAccount  = "of another account than the one that was asked for"
	reasonSnapshot = "of another snapshot than the one that was asked for"
	reasonMode     = "of another mode than the key's"
	reasonEarly    = "before the account was created"
)

// refuse says why a row goes to quarantine. Its body goes into a file of its own, and is copied for it.
func refuse(row schema.QuarantinedRow, err error) schema.QuarantinedRow {
	row.Raw, row.Reason = bytes.Clone(row.Raw), "not of the expected type"
	if field, isField := errors.AsType[*wire.FieldError](err); isField {
		row.Field, row.Reason = field.Field, field.Reason
	}
	return row
}

// Every instant that Stripe states is stored as it came. Decisions use it only within these bounds: milliseconds taken
// for seconds would make an account complete for fifty thousand years.
const (
	aheadOfServer = 48 * time.Hour       // an instant of the past may lie so far ahead of the server's time
	nextAhead     = 366 * 24 * time.Hour // the next refresh, so far
)

// noAttemptBefore is when there was no Financial Connections yet.
var noAttemptBefore = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// believed reports whether a refresh may have been attempted at an instant.
func believed(at, now time.Time) bool {
	return !at.After(now.Add(aheadOfServer)) && !at.Before(noAttemptBefore)
}

// existed reports whether an account was created before an instant, or at most a day after it. An attempt of before
// that does not come from a replica that lags.
func existed(a schema.Account, at time.Time) bool {
	return !at.Before(a.CreatedAt.Add(-24 * time.Hour))
}

// attemptedAt is when a refresh was attempted, or where Stripe states an impossible instant, when it was first seen.
func (r *round) attemptedAt(accountID, feature string, refresh schema.RefreshState) time.Time {
	now := r.syncer.Now()
	if believed(refresh.AttemptedAt, now) {
		return refresh.AttemptedAt
	}
	held := r.state.Accounts[accountID].Refresh(feature)
	if held.SettledAt != nil && held.RequestedAt.Equal(refresh.AttemptedAt) {
		return *held.SettledAt
	}
	return now
}

// asBelieved is an account with refresh instants that decisions can rely on.
func (r *round) asBelieved(a schema.Account) schema.Account {
	a.BalanceRefresh = r.believedRefresh(&a, plan.FeatureBalance, a.BalanceRefresh)
	a.OwnershipRefresh = r.believedRefresh(&a, plan.FeatureOwnership, a.OwnershipRefresh)
	a.TransactionRefresh = r.believedRefresh(&a, plan.FeatureTransactions, a.TransactionRefresh)
	return a
}

// believedRefresh is a refresh with instants that decisions can rely on: the one shown, as nearly always, or a copy.
func (r *round) believedRefresh(a *schema.Account, feature string, shown *schema.RefreshState) *schema.RefreshState {
	if shown == nil {
		return nil
	}
	attempted := r.attemptedAt(a.AccountID, feature, *shown)
	if !existed(*a, attempted) {
		if held := plan.RefreshOf(r.state.Accounts[a.AccountID].Account, feature); held != nil {
			attempted = r.attemptedAt(a.AccountID, feature, *held)
		}
	}
	next, latest := shown.NextAvailableAt, r.syncer.Now().Add(nextAhead)
	isFar := next != nil && next.After(latest)
	if attempted.Equal(shown.AttemptedAt) && !isFar {
		return shown
	}
	known := *shown
	if known.AttemptedAt = attempted; isFar {
		known.NextAvailableAt = &known.AttemptedAt // our own interval decides
	}
	return &known
}

// noteUnbelieved says once in a round which accounts show instants that cannot be.
func (r *round) noteUnbelieved() {
	now := r.syncer.Now()
	for a := range r.roster.readings() {
		for _, feature := range []string{plan.FeatureTransactions, plan.FeatureBalance, plan.FeatureOwnership} {
			if state := plan.RefreshOf(a.Account, feature); state != nil && !believed(state.AttemptedAt, now) {
				r.syncer.options.Log.Warn(
					"a refresh with an instant that cannot be is stored as it came, and taken for one of when it "+
						"was first seen",
					"account",
					a.AccountID,
					"feature",
					feature,
					"seconds",
					state.AttemptedAt.Unix(),
				)
			}
		}
	}
}
