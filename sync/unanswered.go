package sync

import (
	"time"

	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
)

const (
	// keyKept is how long Stripe surely remembers an idempotency key, less an hour.
	keyKept = 23 * time.Hour
	// missedFor is how long an account that is not shown, or cannot be decoded, may still
	// come back and show what was bought for it.
	missedFor = 30 * 24 * time.Hour
)

// unanswered is a purchase announced and never concluded, and what became of it.
type unanswered struct {
	journal.Intent
	shown   bool   // its account was read in this round
	outcome string // adopted or unknown; "" is open: bought or not where it was not shown, else not bought
}

// unanswered judges the open purchases by the accounts as they are now.
func (r *round) unanswered() []unanswered {
	var all []unanswered
	for _, intent := range r.journal.OpenIntents() {
		a, listed := r.find(intent.AccountID)
		all = append(all, unanswered{intent, listed, r.judge(intent, a, listed)})
	}
	return all
}

// judge says what became of a purchase: its account shows the refresh it started, or will not
// tell any more. A purchase the configuration would not make now is given up too.
func (r *round) judge(intent journal.Intent, a reading, listed bool) string {
	refresh, age := plan.RefreshOf(a.Account, intent.Feature), r.syncer.Now().Sub(intent.At)
	switch {
	case refresh != nil && !a.Lacks(refreshParts[intent.Feature]) && lastSeen(refresh) != intent.LastSeen && !refresh.AttemptedAt.Before(intent.At.Add(-time.Minute)):
		return journal.ResultAdopted
	case (!listed || a.Lacks(refreshParts[intent.Feature])) && age < missedFor:
		return ""
	case !listed, age >= keyKept, plan.Unusable(a.Account, intent.Feature) != "", r.operation(intent.Feature) != intent.Operation:
		return journal.ResultUnknown
	}
	return ""
}

// operation is how the configuration buys a feature; "" when it does not.
func (r *round) operation(feature string) string {
	switch r.syncer.options.Policy.Of(feature).Mode {
	case plan.ModeSubscribe:
		return plan.ActionSubscribe
	case plan.ModeOnDemand, plan.ModeOnChange:
		return plan.ActionRefresh
	}
	return ""
}

// reconcile concludes purchases of earlier runs whose fate is known. The others stay open:
// the plan decides whether they are sent again, under their keys, as it decides on new ones.
func (r *round) reconcile() error {
	for _, intent := range r.unanswered() {
		var err error
		switch intent.outcome {
		case journal.ResultAdopted:
			err = r.conclude(intent.Intent, r.account(intent.AccountID), journal.ResultAdopted, "")
		case journal.ResultUnknown:
			err = r.journal.RecordResult(journal.RefreshResult{Key: intent.Key, Outcome: journal.ResultUnknown, At: r.syncer.Now()})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settle finds out what became of earlier purchases and counts what settled, before a new
// refresh takes its place.
func (r *round) settle() error {
	if err := r.reconcile(); err != nil {
		return err
	}
	return r.recordCharges()
}
