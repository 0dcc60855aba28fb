package sync

import (
	"cmp"
	"context"
	"reflect"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
)

func compareText(a, b string) int { return cmp.Compare(a, b) }

// accountOutcome is the record of an account in this round. The round must be locked.
func (r *round) accountOutcome(id string) *journal.RunAccount {
	e := r.roster.entryOf(id)
	if e.outcome == nil {
		e.outcome = &journal.RunAccount{AccountID: id, Outcome: outcomeComplete}
	}
	return e.outcome
}

// fail notes that something about an account went wrong.
func (r *round) fail(id, reason string, err error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.failLocked(id, reason, err)
}

func (r *round) failLocked(id, reason string, err error) {
	o := r.accountOutcome(id)
	o.Outcome, o.Reason = outcomeFailed, &reason
	o.ErrorCode, o.RequestID = code(err)
	r.syncer.options.Log.Warn(
		"account failed",
		"account",
		id,
		"reason",
		reason,
		"code",
		orEmpty(o.ErrorCode),
		"request",
		orEmpty(o.RequestID),
	)
}

// Error codes of outcomes that are our own verdict, as the journal keeps them.
const (
	codeRefused       = journal.CodeRowsRefused
	codePart          = journal.CodePartRefused
	codeElsewhere     = journal.CodeElsewhere
	codeUnconfirmed   = journal.CodeUnconfirmed
	codeOwnersRefused = journal.CodeOwnersRefused
	codeBackoff       = journal.CodeBackoff
	codeReads         = journal.CodeReads
	codeDeadline      = journal.CodeDeadline
	codeRegressed     = journal.CodeRegressed
	codePages         = journal.CodePages
	codeNotListed     = journal.CodeNotListed
	codeClosed        = journal.CodeClosed
	codeNotReadAgain  = journal.CodeNotReadAgain
	codeCursorUnknown = journal.CodeCursorUnknown
)

func (r *round) failReason(id, code, reason string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	o := r.accountOutcome(id)
	o.Outcome, o.Reason, o.ErrorCode = outcomeFailed, &reason, &code
}

// incomplete notes what an account lacks, unless something worse is known of it.
func (r *round) incomplete(id, code, reason string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if o := r.accountOutcome(id); o.Outcome == outcomeComplete {
		o.Outcome, o.Reason, o.ErrorCode = outcomeIncomplete, &reason, &code
	}
}

// landChanges lands accounts, balances and refresh attempts that differ from what is stored.
// Where nothing differs nothing lands.
func (r *round) landChanges(ctx context.Context) error {
	r.noteRegressed()
	r.noteParts()
	r.noteUnbelieved()
	rows := schema.Landed{Quarantined: r.roster.refused}
	for a := range r.roster.readings() {
		stored, known := r.state.Accounts[a.AccountID]
		isLanded := r.roster.get(a.AccountID).isLanded
		if held := r.asHeld(a.Account); !isLanded && (!known || !sameAccount(stored.Account, held)) {
			rows.Accounts = append(rows.Accounts, held)
		}
		for _, b := range a.Balances {
			held, any := stored.Balance(b.Currency)
			if (!any || !reflect.DeepEqual(held, b)) && !b.AsOf.Before(r.state.BalancesSince) {
				rows.Balances = append(rows.Balances, b)
			}
		}
		rows.Refreshes = append(rows.Refreshes, r.newAttempts(a, stored)...)
		rows.LabelStates = append(rows.LabelStates, r.pendingLabels(a)...)
	}
	return r.landRows(ctx, rows)
}

// landRows makes rows durable, even when the round ends meanwhile: an answer that was paid for is kept. The error is
// a landError.
func (r *round) landRows(ctx context.Context, rows schema.Landed) error {
	if err := r.landing.Land(context.WithoutCancel(ctx), rows); err != nil {
		return landError{err}
	}
	return nil
}

// asHeld is an account as it may be stored while not all of its rows are held. Where rows of an earlier refresh may be
// unread, the refresh held stands in for a failed or pending one, so that the next round still reads them.
func (r *round) asHeld(a schema.Account) schema.Account {
	if t := a.TransactionRefresh; t != nil && t.Status != "succeeded" && plan.IsReadable(a) && r.owes(a) {
		a.TransactionRefresh = r.state.Accounts[a.AccountID].TransactionRefresh
	}
	return a
}

// sameAccount compares everything Stripe says of an account; times by instant.
func sameAccount(a, b schema.Account) bool {
	return reflect.DeepEqual(inUTC(a), inUTC(b))
}

func inUTC(a schema.Account) schema.Account {
	a.CreatedAt = a.CreatedAt.UTC()
	for _, state := range []**schema.RefreshState{&a.BalanceRefresh, &a.OwnershipRefresh, &a.TransactionRefresh} {
		if *state == nil {
			continue
		}
		copied := **state
		copied.AttemptedAt = copied.AttemptedAt.UTC()
		if copied.NextAvailableAt != nil {
			next := copied.NextAvailableAt.UTC()
			copied.NextAvailableAt = &next
		}
		*state = &copied
	}
	return a
}

// newAttempts are the refresh attempts of an account that are not stored as they are now.
func (r *round) newAttempts(a reading, stored schema.AccountState) []schema.RefreshAttempt {
	var attempts []schema.RefreshAttempt
	for _, feature := range plan.Features() {
		state := plan.RefreshOf(a.Account, feature)
		if state == nil {
			continue
		}
		held := stored.Refresh(feature)
		if held.RequestedAt.Equal(state.AttemptedAt) && held.Status == state.Status {
			continue
		}
		attempts = append(attempts, r.attempt(a, feature, state))
	}
	return attempts
}

// attempt says who asked for a refresh, as far as it can be known.
func (r *round) attempt(a reading, feature string, state *schema.RefreshState) schema.RefreshAttempt {
	attempt := schema.RefreshAttempt{
		Feature: feature, AccountID: a.AccountID, StripeAccountID: a.StripeAccountID, RefreshID: state.RefreshID,
		RequestedAt: state.AttemptedAt, Status: state.Status, RequestedBy: "other",
	}
	if state.Status != "pending" {
		now := r.syncer.Now()
		attempt.SettledAt = &now
	}
	intent, result, ours := r.journal.StartedByUs(a.AccountID, feature, state.AttemptedAt)
	switch {
	case ours:
		attempt.RequestedBy, attempt.IdempotencyKey, attempt.RequestID = "us", &intent.Key, nonEmpty(result.RequestID)
	case feature == plan.FeatureTransactions && len(a.Subscriptions) > 0:
		attempt.RequestedBy = "subscription"
	case state.AttemptedAt.Sub(a.CreatedAt) < time.Hour:
		attempt.RequestedBy = "link"
	}
	return attempt
}

// countStaleness counts accounts that should be fresh by the configuration and are not.
func (r *round) countStaleness() {
	r.report.RefreshesAsked = 0
	unpaid := map[string]bool{} // balances that a budget does not allow; the report names them separately
	for _, d := range r.report.Plan.Decisions {
		if d.Buys() {
			r.report.RefreshesAsked++
		}
		unpaid[d.AccountID] = unpaid[d.AccountID] ||
			d.Feature == plan.FeatureBalance && d.Reason == plan.ReasonOverBudget
	}
	for a := range r.roster.readings() {
		if plan.IsPending(a.TransactionRefresh) {
			r.report.PendingAccounts++
		}
		if r.transactionsStale(a.Account) || r.balanceStale(a) && !unpaid[a.AccountID] {
			r.report.StaleAccounts++
		}
	}
}

// transactionsStale reports whether an account's rows are older than twice their interval.
func (r *round) transactionsStale(a schema.Account) bool {
	stored, monitored := r.monitored(a, plan.FeatureTransactions)
	if !monitored {
		return false
	}
	since := stored.FirstSeenAt
	if stored.CompleteThroughAt != nil {
		since = *stored.CompleteThroughAt
	}
	o := r.roster.get(a.AccountID).outcome
	isComplete := o != nil && o.Outcome == outcomeComplete
	if t := a.TransactionRefresh; t != nil && t.Status == "succeeded" && isComplete {
		since = r.attemptedAt(a.AccountID, plan.FeatureTransactions, *t)
	}
	return r.isStale(plan.FeatureTransactions, since)
}

// balanceStale reports whether an account's balance is older than twice its interval and the last
// refresh of it failed. One that is not asked for, or not paid for, is not missed.
func (r *round) balanceStale(a reading) bool {
	stored, monitored := r.monitored(a.Account, plan.FeatureBalance)
	if !monitored || a.BalanceRefresh == nil || a.BalanceRefresh.Status != "failed" {
		return false
	}
	var since time.Time
	for _, b := range a.Balances {
		since = r.laterBelieved(since, b.AsOf)
	}
	for _, b := range stored.Balances {
		since = r.laterBelieved(since, b.AsOf)
	}
	if since.IsZero() {
		since = stored.FirstSeenAt
	}
	return r.isStale(plan.FeatureBalance, since)
}

// monitored reports whether a feature of an account is to be kept fresh. One that was not held before was first seen
// now: what this round reads of it is judged as the next round judges it.
func (r *round) monitored(a schema.Account, feature string) (stored schema.AccountState, monitored bool) {
	stored, known := r.state.Accounts[a.AccountID]
	if !known {
		stored.FirstSeenAt = r.syncer.Now()
	}
	return stored, r.syncer.options.Policy.IsMonitored(a, feature, r.syncer.options.Stripe.Key.Livemode())
}

func (r *round) isStale(feature string, since time.Time) bool {
	return r.syncer.options.Policy.IsStale(feature, since, r.syncer.Now())
}

// laterBelieved is the later of two instants, if it may have been.
func (r *round) laterBelieved(since, at time.Time) time.Time {
	if at.After(since) && believed(at, r.syncer.Now()) {
		return at
	}
	return since
}
