package sync

import (
	"fmt"
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
)

// accruedCharges are this month's charges that the journal has not counted yet, by the key of the charge: refreshes
// that have settled, that were started, and that may have been started without an answer, and the months of
// subscriptions, which Stripe renews without a request.
func (r *round) accruedCharges(now time.Time, open []unanswered) map[string]int64 {
	prices, accrued := r.syncer.options.Policy.Prices, map[string]int64{}
	add := func(charges ...plan.Charge) {
		for _, charge := range charges {
			if !charge.At.Before(plan.StartOfMonth(now)) && !r.journal.Charged(charge.Key) {
				accrued[charge.Key] = charge.AmountMicroUSD
			}
		}
	}
	for a := range r.roster.readings() {
		account := r.billable(a.Account, open)
		add(prices.Settled(account)...)
		add(prices.Accruing(account, now)...)
		add(r.startedCharges(a.Account, now)...)
	}
	for _, a := range r.roster.partly {
		add(prices.Settled(r.billable(a.Account, open))...)
	}
	for _, held := range r.unknownAccounts() {
		add(prices.Accruing(r.billable(held, open), now)...)
		add(r.startedCharges(held, now)...)
	}
	for _, intent := range open {
		// a purchase whose account was read is counted above, or nothing was started
		if intent.outcome == "" && !intent.shown {
			add(prices.Possible(r.state.Accounts[intent.AccountID].Account, intent.Feature, intent.Key, now))
		}
	}
	return accrued
}

// startedCharges are those of refreshes that we started and that an account does not show yet: what Stripe shows may
// be older than a purchase of a round that was killed.
func (r *round) startedCharges(shown schema.Account, now time.Time) (charges []plan.Charge) {
	for _, feature := range plan.Features() {
		started, refresh := r.journal.LastStarted(shown.AccountID, feature), plan.RefreshOf(shown, feature)
		if believed(started, now) && (refresh == nil || refresh.AttemptedAt.Before(started)) {
			charges = append(charges, r.syncer.options.Policy.Prices.Started(shown, feature, started))
		}
	}
	return charges
}

// unknownAccounts are those we hold of which this round could not learn anything: Stripe may bill them all the same.
func (r *round) unknownAccounts() (accounts []schema.Account) {
	for id, held := range r.state.Accounts {
		entry := r.roster.get(id)
		isUnknown := entry.isRegressed || entry.outcome != nil || r.sourceOf(held.Account).unlisted
		if !entry.isRead && isUnknown {
			accounts = append(accounts, held.Account)
		}
	}
	return accounts
}

// billable is an account as charges need it.
func (r *round) billable(shown schema.Account, open []unanswered) plan.Billable {
	ours := map[string]bool{}
	for _, feature := range plan.Features() {
		if plan.RefreshOf(shown, feature) != nil && r.isOurs(shown, feature, open) {
			ours[feature] = true
		}
	}
	return plan.Billable{Account: r.asBelieved(shown), Shown: shown, Ours: ours}
}

// isOurs reports whether we asked for the refresh that a feature of an account shows.
func (r *round) isOurs(a schema.Account, feature string, open []unanswered) bool {
	_, _, ours := r.journal.StartedByUs(a.AccountID, feature, plan.RefreshOf(a, feature).AttemptedAt)
	return ours || slices.ContainsFunc(open, func(u unanswered) bool {
		return u.outcome == journal.ResultAdopted && u.AccountID == a.AccountID && u.Feature == feature
	})
}

// settledCharges are the charges Stripe bills for the accounts as they are now, those too that it showed in a way
// that was refused. The journal may have counted them.
func (r *round) settledCharges() (charges []plan.Charge) {
	prices := r.syncer.options.Policy.Prices
	for shown := range r.roster.readings() {
		charges = append(charges, prices.Settled(r.billable(shown.Account, nil))...)
	}
	for _, shown := range r.roster.partly {
		charges = append(charges, prices.Settled(r.billable(shown.Account, nil))...)
	}
	return charges
}

// recordCharges counts in the journal what has settled, each charge once.
func (r *round) recordCharges() error {
	var charges []journal.Charge
	for _, c := range r.settledCharges() {
		charges = append(charges, journal.Charge{
			ChargeKey: c.Key, Kind: c.Kind, AmountMicroUSD: c.AmountMicroUSD, AccountID: c.AccountID,
			HolderID: c.HolderID, InstitutionName: c.InstitutionName, Month: c.Month, ChargedAt: c.At, RunID: r.runID,
		})
	}
	counted, err := r.journal.RecordCharges(charges...)
	r.report.CostMicroUSD += counted
	return err
}

func sum(amounts map[string]int64) (total int64) {
	for _, amount := range amounts {
		total += amount
	}
	return total
}

// usage is what was read of a source, as the journal and the client know it now.
func (r *round) usage(src *source) plan.Usage {
	now := r.syncer.Now() // not the caller's: the first answer of a server may have corrected the clock
	since := func(age time.Duration) int64 { return r.journal.ReadsSince(now.Add(-age), src.connected) }
	today := since(plan.QuotaWindow)
	u := plan.Usage{
		StripeAccountID: src.connected,
		Used:            since(plan.UsageWindow) - src.recorded,
		Today:           today - src.recorded,
		Earlier: plan.NewCalendar(
			r.syncer.options.Policy.ReadsPer30Days,
			func(age time.Duration) int64 { return since(age) - today },
		),
		Made:      src.client.Reads(),
		ListPages: src.listPages,
	}
	if rounds, known := r.history.RoundsSince(now.AddDate(0, 0, -7)); known {
		u.RoundsPerMonth, u.UsualDay = int64(rounds)*30/7, (since(7*24*time.Hour)-src.recorded+6)/7
	}
	return u
}

// quotas are what this round may read of each source, in their order, once the accounts are known.
func (r *round) quotas(accounts []plan.Account) (quotas []plan.Quota) {
	for _, src := range r.sources {
		ofSource := accounts
		if len(r.sources) > 1 {
			ofSource = slices.DeleteFunc(
				slices.Clone(accounts),
				func(a plan.Account) bool { return r.sourceOf(a.Account) != src },
			)
		}
		usage := r.usage(src)
		usage.ListPages = max(usage.ListPages, stripe.PagesOf(len(ofSource)))
		quotas = append(quotas, r.syncer.options.Policy.Quota(usage, ofSource, r.readsOfFirstReading()))
	}
	return quotas
}

// usedUp reports whether the quota of a source has no reads left.
func (src *source) usedUp() bool { return src.quota.UsedUp(src.client.Reads()) }

// outOfReads reports whether an account is not begun for want of reads. It notes that the account waits; the report
// says so once for all such accounts.
func (r *round) outOfReads(id string) bool {
	if !r.sourceOf(r.account(id).Account).usedUp() {
		return false
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.roster.entryOf(id).awaitsReads = true
	r.report.Plan.LackReads(r.syncer.options.Policy)
	return true
}

// reportWaiting adds to the quotas of the report the accounts that wait for reads, and when they will have been read.
func (r *round) reportWaiting() {
	waiting, first := r.waitingBySource(), r.readsOfFirstReading()
	for i, src := range r.sources {
		if i >= len(r.report.Plan.Quotas) {
			return
		}
		reads := int64(0)
		for id := range waiting[src] {
			if reads++; r.state.Accounts[id].CompleteThroughAt == nil {
				reads += first - 1
			}
		}
		r.report.Plan.Quotas[i] = r.report.Plan.Quotas[i].Wait(len(waiting[src]), reads, r.usage(src), r.syncer.Now())
	}
}

// Limits are the limits that left due work undone.
func (r *Report) Limits() (limits []journal.Limit) {
	for _, l := range r.Plan.Limited {
		limits = append(limits, journal.Limit(l))
	}
	waiting := int64(0)
	for _, q := range r.Plan.Quotas {
		waiting += int64(q.Waiting)
	}
	if waiting > 0 {
		limits = append(limits, journal.Limit{Limit: plan.LimitReads, Accounts: waiting})
	}
	return limits
}

// waitingBySource are the accounts that wait for reads.
func (r *round) waitingBySource() map[*source]map[string]bool {
	waiting := map[*source]map[string]bool{}
	for _, src := range r.sources {
		waiting[src] = map[string]bool{}
	}
	note := func(id string) { waiting[r.sourceOf(r.account(id).Account)][id] = true }
	for _, d := range r.report.Plan.Decisions {
		if d.Reason == plan.ReasonPaced || d.Reason == plan.ReasonReadAllowance {
			note(d.AccountID)
		}
	}
	for id, e := range r.roster.byID {
		if e.awaitsReads || e.outcome != nil && orEmpty(e.outcome.ErrorCode) == codeReads {
			note(id)
		}
	}
	return waiting
}

// allowanceError says which limit ended a round before it could list accounts, how far it is used up, and when
// there are reads again.
func (r *round) allowanceError(src *source, used, reads int64) error {
	kind, policy := ErrReadAllowance, r.syncer.options.Policy
	if !policy.ReadsWritten {
		kind = ErrDefaultAllowance
	}
	again := ""
	if at := policy.AgainAt(reads, r.usage(src), r.syncer.Now()); at != nil {
		again = ", there are some again about " + at.Format(time.DateOnly)
	}
	return fmt.Errorf(
		"%w: %d of stripe.reads_per_30_days: %d, of the last 30 days%s",
		kind,
		used,
		policy.ReadsPer30Days,
		again,
	)
}

// pagesUnread are the pages that earlier rounds of 30 days read of accounts without coming to the end; none where
// there is no allowance.
func (r *round) pagesUnread() map[string]int64 {
	if r.syncer.options.Policy.ReadsPer30Days == 0 {
		return nil
	}
	return r.history.PagesWithoutCompletion(r.syncer.Now().AddDate(0, 0, -30))
}

// readsAtOnce is how many reads may go uncounted when the process is killed.
const readsAtOnce = 100

// reserveRead returns ErrReadAllowance when the allowance of a Stripe account has no read of rows left. After every
// readsAtOnce reads it records them in the journal, and returns a landError when that fails.
func (r *round) reserveRead(src *source) error {
	reads := src.client.Reads()
	if src.usedUp() {
		return ErrReadAllowance
	}
	r.mutex.Lock()
	due := reads-src.recorded >= readsAtOnce
	r.mutex.Unlock()
	if due {
		if err := r.recordReads(); err != nil {
			return landError{err}
		}
	}
	return nil
}

// recordReads counts in the journal what was read since the last time.
func (r *round) recordReads() error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, src := range r.sources {
		count := src.client.Reads() - src.recorded
		src.recorded += count
		reads := journal.Reads{At: r.syncer.Now(), Count: count, RunID: r.runID, Connected: src.connected}
		if err := r.journal.RecordReads(reads); err != nil {
			return err
		}
	}
	return nil
}
