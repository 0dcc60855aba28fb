package sync

import (
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
)

// dues are what this month will cost beside what the journal has counted, by charge: refreshes
// that have settled, or are started, or may be, and the months of subscriptions, which Stripe
// renews without being asked.
func (r *round) dues(now time.Time, open []unanswered) map[string]int64 {
	prices, begun, dues := r.syncer.options.Prices, startOfMonth(now), map[string]int64{}
	add := func(key string, amount int64, at time.Time) {
		if !at.Before(begun) && !r.journal.Charged(key) {
			dues[key] = amount
		}
	}
	for _, charge := range r.settled(open) {
		add(charge.ChargeKey, charge.AmountMicroUSD, charge.ChargedAt)
	}
	for _, shown := range r.billed() {
		a := r.asBelieved(shown)
		for _, feature := range billedByRefresh {
			if state := featureOf(a, feature); isPending(state) && r.isOurs(shown, feature, open) {
				add(refreshChargeKey(feature, a.AccountID, featureOf(shown, feature).AttemptedAt), prices.refresh(feature), state.AttemptedAt)
			}
		}
		if t := a.TransactionRefresh; isPending(t) {
			add(monthChargeKey(a, t.AttemptedAt), prices.TransactionsMonth, t.AttemptedAt)
		}
		if unusable(a, FeatureTransactions) == "" && slices.Contains(a.Subscriptions, FeatureTransactions) {
			add(monthChargeKey(a, now), prices.TransactionsMonth, now)
		}
	}
	for _, intent := range open {
		switch held := r.state.Accounts[intent.AccountID].Account; {
		case intent.outcome != "" || intent.shown: // counted above, or not started
		case intent.Feature == FeatureTransactions:
			add(monthChargeKey(held, now), prices.TransactionsMonth, now)
		default:
			dues[intent.Key] = prices.refresh(intent.Feature)
		}
	}
	return dues
}

// billed are the accounts Stripe may bill: those it showed, and those we hold of which this
// round could not learn anything.
func (r *round) billed() []schema.Account {
	accounts := r.plain()
	for id, held := range r.state.Accounts {
		if _, shown := r.find(id); !shown && (r.aside[id] || r.outcomes[id] != nil || r.sourceOf(held.Account).unlisted) {
			accounts = append(accounts, held.Account)
		}
	}
	return accounts
}

func sum(amounts map[string]int64) (total int64) {
	for _, amount := range amounts {
		total += amount
	}
	return total
}

// isOurs reports whether we asked for the refresh that a feature of an account shows.
func (r *round) isOurs(a schema.Account, feature string, open []unanswered) bool {
	_, _, ours := r.journal.StartedByUs(a.AccountID, feature, featureOf(a, feature).AttemptedAt)
	return ours || slices.ContainsFunc(open, func(u unanswered) bool {
		return u.outcome == journal.ResultAdopted && u.AccountID == a.AccountID && u.Feature == feature
	})
}

// settled are the charges Stripe bills for the accounts as they are now, those it showed in a way that
// was refused too: balances and owners we asked for, transactions by month. The journal may have
// counted them.
func (r *round) settled(open []unanswered) []journal.Charge {
	var charges []journal.Charge
	for _, shown := range slices.Concat(r.accounts, r.partly) {
		a := r.asBelieved(shown.Account)
		if t := a.TransactionRefresh; t != nil && t.Status == "succeeded" {
			m := month(t.AttemptedAt)
			charges = append(charges, journal.Charge{
				ChargeKey: monthChargeKey(a, t.AttemptedAt), Kind: "transactions_month", AmountMicroUSD: r.syncer.options.Prices.TransactionsMonth,
				HolderID: a.HolderID, InstitutionName: nonEmpty(a.InstitutionName), Month: &m, ChargedAt: t.AttemptedAt,
			})
		}
		for _, feature := range billedByRefresh {
			if state := featureOf(a, feature); state != nil && state.Status == "succeeded" && r.isOurs(shown.Account, feature, open) {
				charges = append(charges, journal.Charge{
					ChargeKey: refreshChargeKey(feature, a.AccountID, featureOf(shown.Account, feature).AttemptedAt), Kind: feature,
					AmountMicroUSD: r.syncer.options.Prices.refresh(feature), AccountID: &a.AccountID, ChargedAt: state.AttemptedAt,
				})
			}
		}
	}
	return charges
}

// recordCharges counts in the journal what has settled, each charge once.
func (r *round) recordCharges() error {
	charges := r.settled(nil)
	for i := range charges {
		charges[i].RunID = r.runID
	}
	counted, err := r.journal.RecordCharges(charges...)
	r.report.CostMicroUSD += counted
	return err
}
