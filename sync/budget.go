package sync

import (
	"slices"
	"strings"
	"time"

	"fcpipe/schema"
)

// maxDrift is how far the clock may be off before nothing is bought.
const maxDrift = 5 * time.Minute

// buy decides on a purchase: allowed, within budget, at what cost.
func (p *planner) buy(d Decision, action, reason string, a schema.Account) Decision {
	o := p.facts.options
	cost, key := o.Prices.refresh(d.Feature), ""
	if d.Feature == FeatureTransactions {
		if cost, key = o.Prices.TransactionsMonth, monthChargeKey(a, p.facts.now); p.charged[key] || p.facts.charged(key) {
			cost = 0
		}
	}
	switch {
	case p.facts.unread[d.AccountID]:
		d.Reason = ReasonNotRead
	case p.facts.open[d.AccountID+d.Feature]:
		d.Reason = ReasonNotConfirmed
	case o.Key.Livemode() && o.MaxPerMonth == nil:
		d.Reason = ReasonBudgetNotSet
	case p.facts.drift > maxDrift:
		d.Reason = ReasonClockDrift
	case over(o.MaxPerRun, p.plan.CostMicroUSD+cost), over(o.MaxPerMonth, p.facts.spentMonth+p.plan.CostMicroUSD+cost):
		d.Reason = ReasonOverBudget
		p.plan.Blocked = true
	default:
		p.charged[key] = key != ""
		d.Action, d.Reason, d.Requests, d.CostMicroUSD = action, reason, 1, cost
	}
	return d
}

// warnOfBudget says once in a round that a live key buys nothing yet.
func (r *round) warnOfBudget() {
	held := 0
	for _, d := range r.report.Plan.Decisions {
		if d.Reason == ReasonBudgetNotSet {
			held++
		}
	}
	if held > 0 {
		r.syncer.options.Log.Warn(Explain(ReasonBudgetNotSet)+"; what is there is read", "refreshes_held_back", held)
	}
}

func over(limit *int64, amount int64) bool { return limit != nil && amount > *limit }

// monthChargeKey names what Stripe bills for transactions: once per institution, holder and UTC month.
func monthChargeKey(a schema.Account, at time.Time) string {
	return strings.Join([]string{"transactions_month", orEmpty(a.HolderID), a.InstitutionName, month(at)}, "|")
}

// refreshChargeKey names what Stripe bills for balances and owners: every refresh that succeeds.
func refreshChargeKey(feature, accountID string, attemptedAt time.Time) string {
	return strings.Join([]string{feature, accountID, attemptedAt.UTC().Format(time.RFC3339)}, "|")
}

// billedByRefresh are the features Stripe bills for each refresh.
var billedByRefresh = []string{FeatureBalance, FeatureOwnership}

// refresh is what one refresh of a feature costs; nothing for transactions, billed by month.
func (p Prices) refresh(feature string) int64 {
	return map[string]int64{FeatureBalance: p.Balance, FeatureOwnership: p.Ownership}[feature]
}

func month(at time.Time) string { return at.UTC().Format("2006-01") }

func startOfMonth(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// dues are what this month will cost beside what the journal has counted, by charge: refreshes
// that are started, or announced, and not settled, and the months of subscriptions, which
// Stripe renews without being asked.
func (r *round) dues(now time.Time) map[string]int64 {
	prices, begun, dues := r.syncer.options.Prices, startOfMonth(now), map[string]int64{}
	add := func(key string, amount int64, at time.Time) {
		if !at.Before(begun) && !r.journal.Charged(key) {
			dues[key] = amount
		}
	}
	for _, a := range r.billed() {
		for _, feature := range billedByRefresh {
			if state := featureOf(a, feature); state != nil && state.Status == "pending" {
				if _, _, ours := r.journal.StartedByUs(a.AccountID, feature, state.AttemptedAt); ours {
					add(refreshChargeKey(feature, a.AccountID, state.AttemptedAt), prices.refresh(feature), state.AttemptedAt)
				}
			}
		}
		if t := a.TransactionRefresh; t != nil && t.Status == "pending" {
			add(monthChargeKey(a, t.AttemptedAt), prices.TransactionsMonth, t.AttemptedAt)
		}
		if unusable(a, FeatureTransactions) == "" && slices.Contains(a.Subscriptions, FeatureTransactions) {
			add(monthChargeKey(a, now), prices.TransactionsMonth, now)
		}
	}
	for _, intent := range r.journal.OpenIntents() {
		if slices.Contains(billedByRefresh, intent.Feature) {
			dues[intent.Key] = prices.refresh(intent.Feature)
		} else if a, listed := r.find(intent.AccountID); listed {
			add(monthChargeKey(a.Account, now), prices.TransactionsMonth, now)
		}
	}
	return dues
}

// billed are the accounts Stripe may bill: those it showed, and those we hold of which this
// round could not learn anything.
func (r *round) billed() []schema.Account {
	accounts := r.plain()
	for id, held := range r.state.Accounts {
		if _, shown := r.find(id); !shown && (r.outcomes[id] != nil || r.sourceOf(held.Account).unlisted) {
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

// recordCharges counts what Stripe bills for the accounts as they are now, each charge once:
// balances and owners we asked for, transactions by month.
func (r *round) recordCharges() error {
	prices := r.syncer.options.Prices
	for _, a := range r.accounts {
		if t := a.TransactionRefresh; t != nil && t.Status == "succeeded" {
			m := month(t.AttemptedAt)
			if err := r.charge(schema.Charge{
				ChargeKey: monthChargeKey(a.Account, t.AttemptedAt), Kind: "transactions_month", AmountMicroUSD: prices.TransactionsMonth,
				HolderID: a.HolderID, InstitutionName: &a.InstitutionName, Month: &m, ChargedAt: t.AttemptedAt,
			}); err != nil {
				return err
			}
		}
		for _, feature := range billedByRefresh {
			if err := r.chargeRefresh(a, feature); err != nil {
				return err
			}
		}
	}
	return nil
}

// chargeRefresh counts a refresh that is billed by itself, if it succeeded and was ours.
func (r *round) chargeRefresh(a reading, feature string) error {
	state := featureOf(a.Account, feature)
	if state == nil || state.Status != "succeeded" {
		return nil
	}
	if _, _, ours := r.journal.StartedByUs(a.AccountID, feature, state.AttemptedAt); !ours {
		return nil
	}
	return r.charge(schema.Charge{
		ChargeKey: refreshChargeKey(feature, a.AccountID, state.AttemptedAt), Kind: feature,
		AmountMicroUSD: r.syncer.options.Prices.refresh(feature), AccountID: &a.AccountID, ChargedAt: state.AttemptedAt,
	})
}

func (r *round) charge(c schema.Charge) error {
	if r.journal.Charged(c.ChargeKey) {
		return nil
	}
	c.RunID = r.runID
	r.report.CostMicroUSD += c.AmountMicroUSD
	return r.journal.RecordCharge(c)
}
