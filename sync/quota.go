package sync

import (
	"fmt"
	"slices"
	"time"

	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
)

// usage is what was read of a source, as the journal and the client know it now.
func (r *round) usage(src *source) plan.Usage {
	now := r.syncer.Now() // which a server may have told only now
	since := func(age time.Duration) int64 { return r.journal.ReadsSince(now.Add(-age), src.connected) }
	today := since(plan.QuotaWindow)
	u := plan.Usage{
		StripeAccountID: src.connected, Used: since(plan.UsageWindow) - src.recorded, Today: today - src.recorded,
		Earlier: plan.NewCalendar(r.syncer.options.Policy.ReadsPer30Days, func(age time.Duration) int64 { return since(age) - today }),
		Made:    src.client.Reads(), ListPages: src.listPages,
	}
	if rounds, known := r.history.RoundsSince(now.AddDate(0, 0, -7)); known {
		u.RoundsPerMonth, u.UsualDay = int64(rounds)*30/7, (since(7*24*time.Hour)-src.recorded+6)/7
	}
	return u
}

// quotas are what this round may read of each source, in their order, once the accounts are known.
func (r *round) quotas(accounts []plan.Account) (quotas []plan.Quota) {
	for _, src := range r.sources {
		ofSource := slices.DeleteFunc(slices.Clone(accounts), func(a plan.Account) bool { return r.sourceOf(a.Account) != src })
		usage := r.usage(src)
		usage.ListPages = max(usage.ListPages, stripe.PagesOf(len(ofSource)))
		quotas = append(quotas, r.syncer.options.Policy.Quota(usage, ofSource, r.readsOfFirstReading()))
	}
	return quotas
}

// usedUp reports whether the quota of a source has no reads left.
func (src *source) usedUp() bool { return src.quota.UsedUp(src.client.Reads()) }

// outOfReads reports that an account is not begun: it waits, which is told of all of them together.
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
	return fmt.Errorf("%w: %d of stripe.reads_per_30_days: %d, of the last 30 days%s", kind, used, policy.ReadsPer30Days, again)
}

// pagesUnread are the pages that earlier rounds of 30 days read of accounts without coming to the end; none where
// there is no allowance.
func (r *round) pagesUnread() map[string]int64 {
	if r.syncer.options.Policy.ReadsPer30Days == 0 {
		return nil
	}
	return r.history.PagesWithoutCompletion(r.syncer.Now().AddDate(0, 0, -30))
}
