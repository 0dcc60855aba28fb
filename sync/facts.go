package sync

import (
	"cmp"
	"maps"
	"time"

	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
)

// usualFirstReading is how many reads the first reading of an account takes while no run tells.
const usualFirstReading = 3

// decide plans, on the accounts as they are after purchases of earlier runs were settled.
func (r *round) decide() {
	facts := r.facts(r.syncer.Now())
	r.report.Plan = plan.Make(facts)
	r.adopt(facts)
}

// adopt keeps what the plan was based on for the rest of the round: what may be read of each source, and which
// accounts had new rows, or nothing new, before anything was bought.
func (r *round) adopt(facts plan.Facts) {
	for i, src := range r.sources {
		src.quota = facts.Quotas[i]
		src.polls, src.readsUsed = src.quota.Polls, src.quota.Used
	}
	for a := range r.roster.readings() {
		owes := plan.OwesRows(a.Account, r.state.Accounts[a.AccountID]) || r.unsure(a.AccountID)
		e := r.roster.entryOf(a.AccountID)
		e.hadNewRows, e.hadNothingNew = owes, !owes && !plan.IsPending(a.TransactionRefresh)
	}
}

// facts are what a plan depends on, at an instant. It changes nothing.
func (r *round) facts(now time.Time) plan.Facts {
	unanswered := r.unanswered()
	accounts, accrued, listReads := r.planAccounts(now, unanswered), r.accruedCharges(now, unanswered), 0
	for _, src := range r.sources {
		listReads += int(src.client.Reads())
	}
	return plan.Facts{
		Policy:       r.syncer.options.Policy,
		Livemode:     r.syncer.options.Stripe.Key.Livemode(),
		Now:          now,
		Drift:        r.syncer.client.Drift(),
		Accounts:     accounts,
		Missing:      r.report.Missing,
		SpentMonth:   r.journal.SpentSince(plan.StartOfMonth(now)) + sum(accrued),
		Charged:      r.chargedMonths(now, accounts, accrued),
		Quotas:       r.quotas(accounts),
		FirstReading: r.readsOfFirstReading(),
		ListReads:    listReads,
	}
}

// planAccounts are the accounts of the round as a plan knows them.
func (r *round) planAccounts(now time.Time, unanswered []unanswered) []plan.Account {
	subscribed, newOwners, features := r.journal.Subscribed(), r.newOwners(), r.planFeatures(now, unanswered)
	accounts := make([]plan.Account, 0, len(r.roster.listed))
	for a := range r.roster.readings() {
		accounts = append(accounts, plan.Account{
			Account:       r.asBelieved(a.Account),
			Stored:        r.state.Accounts[a.AccountID],
			Subscribed:    subscribed[a.AccountID],
			RefreshUnread: r.unsure(a.AccountID),
			NewOwners:     newOwners[a.AccountID],
			Features:      features[a.AccountID],
		})
	}
	return accounts
}

// planFeatures are what is known of single features, by account: of most accounts nothing is.
func (r *round) planFeatures(now time.Time, unanswered []unanswered) map[string]map[string]plan.Feature {
	inVain, features := r.journal.AskedInVain(), map[string]map[string]plan.Feature{}
	note := func(id, feature string, known plan.Feature) {
		if features[id] == nil {
			features[id] = map[string]plan.Feature{}
		}
		features[id][feature] = known
	}
	for a := range r.roster.readings() {
		for _, feature := range plan.Features() {
			asked := r.askedInVain(inVain, a, feature)
			known := plan.Feature{
				Unread:    isUnread(a, feature),
				InBackoff: r.inBackoff(a.AccountID, feature, now),
				Unstarted: plan.Unstarted{Times: asked.Times, Last: asked.Last},
				Started:   r.startedUnheld(a.AccountID, feature, now),
			}
			if known != (plan.Feature{}) {
				note(a.AccountID, feature, known)
			}
		}
	}
	for _, purchase := range unanswered {
		if purchase.shown {
			known := features[purchase.AccountID][purchase.Feature]
			known.Unanswered = purchase.outcome == ""
			note(purchase.AccountID, purchase.Feature, known)
		}
	}
	return features
}

// askedInVain are the purchases in vain that followed the refresh an account shows.
func (r *round) askedInVain(all map[journal.Asked]journal.InVain, a reading, feature string) journal.InVain {
	if len(all) == 0 {
		return journal.InVain{}
	}
	seen := lastSeen(plan.RefreshOf(r.asBelieved(a.Account), feature))
	return all[journal.Asked{AccountID: a.AccountID, Feature: feature, LastSeen: seen}]
}

// startedUnheld is when the newest refresh that we bought was attempted, if the state held is older: then the run that
// bought it died before it landed the result. It is zero where the state held is as new.
func (r *round) startedUnheld(accountID, feature string, now time.Time) time.Time {
	started := r.journal.LastStarted(accountID, feature)
	if !believed(started, now) {
		return time.Time{}
	}
	held := plan.RefreshOf(r.state.Accounts[accountID].Account, feature)
	if held != nil && !started.After(held.AttemptedAt) {
		return time.Time{}
	}
	return started
}

// refusalCodes are the codes of outcomes that make a feature be read less often.
var refusalCodes = map[string]string{plan.FeatureTransactions: codeRefused, plan.FeatureOwnership: codeOwnersRefused}

// inBackoff reports whether rows, or owners, of an account were refused so often that they are not read now.
func (r *round) inBackoff(accountID, feature string, now time.Time) bool {
	refused := r.history.Refused(accountID, refusalCodes[feature])
	return plan.InBackoff(refused.Times, refused.Last, now)
}

// chargedMonths are the keys of this month's charges for transactions that are counted, or accrued.
func (r *round) chargedMonths(now time.Time, accounts []plan.Account, accrued map[string]int64) map[string]bool {
	charged := map[string]bool{}
	for key := range maps.Keys(accrued) {
		charged[key] = true
	}
	for i := range accounts {
		if key := plan.MonthChargeKey(accounts[i].Account, now); r.journal.Charged(key) {
			charged[key] = true
		}
	}
	return charged
}

// readsOfFirstReading is how many reads the first reading of an account took on average, counting accounts that took
// several pages.
func (r *round) readsOfFirstReading() int64 {
	var underWay []journal.RunAccount
	for o := range r.roster.outcomes() {
		underWay = append(underWay, *o)
	}
	return cmp.Or(r.history.FirstReading(underWay...), usualFirstReading)
}

// warnOfBudget says once in a round that a live key buys nothing yet.
func (r *round) warnOfBudget() {
	withheld := 0
	for _, d := range r.report.Plan.Decisions {
		if d.Reason == plan.ReasonBudgetNotSet {
			withheld++
		}
	}
	if withheld > 0 {
		r.syncer.options.Log.Warn(
			plan.Explain(plan.ReasonBudgetNotSet)+"; what is there is read",
			"refreshes_held_back",
			withheld,
		)
	}
}
