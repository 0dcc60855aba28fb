package journal

import (
	"maps"
	"slices"
	"time"
)

func newIndex() index {
	return index{
		identities: map[string]Identity{},
		intents:    map[string]Intent{},
		results:    map[string]RefreshResult{},
		charged:    map[string]bool{},
		started:    map[attempt]string{},
		last:       map[featureOf]time.Time{},
		runAt:      map[string]int{},
		audited:    map[string]time.Time{},
		settled:    map[string]Settlement{},

		consentEnds:    map[string]ConsentEnd{},
		disconnections: map[string]Disconnection{},
		erasures:       newErasures(),
	}
}

func (x *index) add(r Record) {
	switch {
	case r.Identity != nil:
		x.identities[r.Identity.Fingerprint] = *r.Identity
	case r.Intent != nil:
		if _, known := x.intents[r.Intent.Key]; !known {
			x.order = append(x.order, r.Intent.Key)
		}
		x.intents[r.Intent.Key] = *r.Intent
		delete(x.results, r.Intent.Key) // announced again: open again
	case r.Result != nil:
		x.addResult(*r.Result)
	case r.Charge != nil:
		x.addCharge(*r.Charge)
	case len(r.Charges) > 0:
		for _, charge := range r.Charges {
			x.addCharge(charge)
		}
	case r.Reads != nil:
		x.reads = append(x.reads, *r.Reads)
	case r.Run != nil:
		x.addRun(*r.Run)
	case r.Audit != nil:
		x.audited[r.Audit.AccountID] = r.Audit.AuditedAt
		x.audits = append(x.audits, *r.Audit)
	case r.Settlement != nil:
		x.settled[r.Settlement.AccountID] = *r.Settlement
		if r.Settlement.Undone {
			delete(x.settled, r.Settlement.AccountID)
		}
	case len(r.Consents) > 0:
		x.consents = append(x.consents, r.Consents...)
		for _, consent := range r.Consents {
			delete(x.consentEnds, consent.AccountID) // given again
		}
	case r.ConsentEnd != nil:
		x.consentEnds[r.ConsentEnd.AccountID] = *r.ConsentEnd
	case r.Disconnection != nil:
		x.disconnections[r.Disconnection.AccountID] = *r.Disconnection
	case r.Erasure != nil:
		x.erasures.add(*r.Erasure)
	case r.Allowance != nil:
		x.erasures.allow(*r.Allowance)
	}
}

func (x *index) addCharge(charge Charge) {
	if !x.charged[charge.ChargeKey] {
		x.charged[charge.ChargeKey] = true
		x.charges = append(x.charges, charge)
	}
}

func (x *index) addResult(result RefreshResult) {
	x.results[result.Key] = result
	intent, known := x.intents[result.Key]
	if !known || result.AttemptedAt == nil {
		return
	}
	x.started[attemptOf(intent.AccountID, intent.Feature, *result.AttemptedAt)] = result.Key
	if of := (featureOf{intent.AccountID, intent.Feature}); result.AttemptedAt.After(x.last[of]) {
		x.last[of] = *result.AttemptedAt
	}
}

// featureOf is a feature of an account.
type featureOf struct{ accountID, feature string }

// attempt identifies a refresh attempt.
type attempt struct {
	accountID, feature string
	at                 int64 // seconds since 1970
}

func attemptOf(accountID, feature string, at time.Time) attempt {
	return attempt{accountID, feature, journaled(at).Unix()}
}

func (x *index) addRun(run FinishedRun) {
	run.Accounts = currentAccounts(run.Accounts)
	if at, known := x.runAt[run.RunID]; known {
		x.runs[at] = run
		return
	}
	x.runAt[run.RunID] = len(x.runs)
	x.runs = append(x.runs, run)
}

// Identity returns what is known of the key with this fingerprint.
func (j *Journal) Identity(fingerprint string) (Identity, bool) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	identity, known := j.index.identities[fingerprint]
	return identity, known
}

// OpenIntents returns purchases that were announced and never concluded, oldest first.
func (j *Journal) OpenIntents() []Intent {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	var open []Intent
	for _, key := range j.index.order {
		if _, closed := j.index.results[key]; !closed {
			open = append(open, j.index.intents[key])
		}
	}
	return open
}

// Asked is what a purchase was to follow: the attempt at refreshing a feature that was the last one then.
type Asked struct{ AccountID, Feature, LastSeen string }

// InVain counts purchases that were answered and began nothing.
type InVain struct {
	Times int
	Last  time.Time // when the last of them was asked for
}

// AskedInVain returns purchases that were answered, or refused, and began no refresh.
func (j *Journal) AskedInVain() map[Asked]InVain {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	all := map[Asked]InVain{}
	for key, intent := range j.index.intents {
		result, ended := j.index.results[key]
		if !ended || result.AttemptedAt != nil || result.Outcome == ResultUnknown {
			continue
		}
		asked := Asked{intent.AccountID, intent.Feature, intent.LastSeen}
		before := all[asked]
		if before.Times++; intent.At.After(before.Last) {
			before.Last = intent.At
		}
		all[asked] = before
	}
	return all
}

// StartedByUs returns our intent whose refresh of an account's feature was attempted at an instant.
func (j *Journal) StartedByUs(accountID, feature string, attemptedAt time.Time) (Intent, RefreshResult, bool) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	key, known := j.index.started[attemptOf(accountID, feature, attemptedAt)]
	return j.index.intents[key], j.index.results[key], known
}

// LastStarted returns when the newest refresh of an account's feature that a purchase of ours started was attempted,
// as Stripe dated it; zero where none was.
func (j *Journal) LastStarted(accountID, feature string) time.Time {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.index.last[featureOf{accountID, feature}]
}

// Subscribed are the accounts for which a subscription was asked for, and started.
func (j *Journal) Subscribed() map[string]bool {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	subscribed := map[string]bool{}
	for key, result := range j.index.results {
		intent := j.index.intents[key]
		if intent.Operation == "subscribe" && (result.Outcome == ResultStarted || result.Outcome == ResultAdopted) {
			subscribed[intent.AccountID] = true
		}
	}
	return subscribed
}

// Result returns how the purchase with an idempotency key ended, if it did.
func (j *Journal) Result(key string) (RefreshResult, bool) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	result, known := j.index.results[key]
	return result, known
}

// Charged reports whether a charge was counted.
func (j *Journal) Charged(chargeKey string) bool {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.index.charged[chargeKey]
}

// SpentSince adds up charges due at or after an instant, in millionths of a US dollar.
func (j *Journal) SpentSince(since time.Time) int64 {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	var spent int64
	for _, charge := range j.index.charges {
		if !charge.ChargedAt.Before(since) {
			spent += charge.AmountMicroUSD
		}
	}
	return spent
}

// ReadsSince counts GET requests sent at or after an instant on behalf of a Connect account,
// or of the key's own when connected is "".
func (j *Journal) ReadsSince(since time.Time, connected string) int64 {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	var count int64
	for _, reads := range j.index.reads {
		if !reads.At.Before(since) && reads.Connected == connected {
			count += reads.Count
		}
	}
	return count
}

// CountedReads returns the runs whose reads were counted, by their ids.
func (j *Journal) CountedReads() map[string]bool {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	counted := map[string]bool{}
	for _, reads := range j.index.reads {
		counted[reads.RunID] = true
	}
	return counted
}

// Settled returns the accounts of which it is settled that Stripe does not list them any more.
func (j *Journal) Settled() map[string]Settlement {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return maps.Clone(j.index.settled)
}

// LastAudit returns when an account was last audited, if it ever was.
func (j *Journal) LastAudit(accountID string) (time.Time, bool) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	at, known := j.index.audited[accountID]
	return at, known
}

// Audits returns every audit, oldest first.
func (j *Journal) Audits() []Audit {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return slices.Clone(j.index.audits)
}

// Runs returns every run, oldest first. One that never finished has no FinishedAt.
func (j *Journal) Runs() []FinishedRun {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return slices.Clone(j.index.runs)
}

// Charges returns every charge, oldest first.
func (j *Journal) Charges() []Charge {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return slices.Clone(j.index.charges)
}
