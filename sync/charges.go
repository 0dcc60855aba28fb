package sync

import (
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
)

// accruedCharges are what this month will cost beside what the journal has counted, by the key of the charge:
// refreshes that have settled, or are started, or may be, and the months of subscriptions, which Stripe renews
// without being asked.
func (r *round) accruedCharges(now time.Time, open []unanswered) map[string]int64 {
	prices, accrued := r.syncer.options.Policy.Prices, map[string]int64{}
	add := func(charges ...plan.Charge) {
		for _, charge := range charges {
			if !charge.At.Before(plan.StartOfMonth(now)) && !r.journal.Charged(charge.Key) {
				accrued[charge.Key] = charge.AmountMicroUSD
			}
		}
	}
	add(r.settledCharges(open)...)
	for _, shown := range r.billableAccounts() {
		add(prices.Accruing(r.billable(shown, open), now)...)
	}
	for _, intent := range open {
		if intent.outcome == "" && !intent.shown { // else it is counted above, or nothing was started
			add(prices.Possible(r.state.Accounts[intent.AccountID].Account, intent.Feature, intent.Key, now))
		}
	}
	return accrued
}

// billableAccounts are the accounts Stripe may bill: those it showed, and those we hold of which this round could
// not learn anything.
func (r *round) billableAccounts() []schema.Account {
	accounts := r.accounts()
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
		ours[feature] = plan.RefreshOf(shown, feature) != nil && r.isOurs(shown, feature, open)
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
func (r *round) settledCharges(open []unanswered) (charges []plan.Charge) {
	prices := r.syncer.options.Policy.Prices
	for shown := range r.roster.readings() {
		charges = append(charges, prices.Settled(r.billable(shown.Account, open))...)
	}
	for _, shown := range r.roster.partly {
		charges = append(charges, prices.Settled(r.billable(shown.Account, open))...)
	}
	return charges
}

// recordCharges counts in the journal what has settled, each charge once.
func (r *round) recordCharges() error {
	var charges []journal.Charge
	for _, c := range r.settledCharges(nil) {
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
