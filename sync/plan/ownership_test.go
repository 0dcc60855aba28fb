package plan

import (
	"testing"
	"time"

	"fcpipe/schema"
)

// ownersAsked is an account whose owners were asked for so many hours ago.
func ownersAsked(hours int, status string) func(*Account) {
	return func(a *Account) {
		a.OwnershipRefresh = &schema.RefreshState{
			Status:          status,
			AttemptedAt:     hoursAgo(hours),
			NextAvailableAt: new(noon.Add(-time.Minute)),
		}
	}
}

// TestPlanDecidesAboutOwners has one case for every reason there is.
func TestPlanDecidesAboutOwners(t *testing.T) {
	tight := func(f *Facts) { f.Policy.MaxPerRun = new(int64(1_499_999)) }
	off := func(f *Facts) { f.Policy.Ownership.Mode = ModeOff }
	status := func(status string) func(*Account) { return func(a *Account) { a.Status = status } }
	for name, test := range map[string]struct {
		account        func(*Account)
		facts          func(*Facts)
		isNew          bool
		action, reason string
		cost           int64
		blocked        bool
	}{
		"never asked": {action: ActionRefresh, reason: ReasonFirst, cost: 1_500_000},
		"due again": {
			account: ownersAsked(721, "succeeded"), action: ActionRefresh, reason: ReasonDue, cost: 1_500_000,
		},
		"within the interval": {account: ownersAsked(715, "succeeded"), action: ActionSkip, reason: ReasonFresh},
		"failed lately":       {account: ownersAsked(19, "failed"), action: ActionSkip, reason: ReasonRetryLater},
		"failed": {
			account: ownersAsked(25, "failed"), action: ActionRefresh, reason: ReasonRetry, cost: 1_500_000,
		},
		"not available yet": {account: func(a *Account) {
			ownersAsked(721, "succeeded")(a)
			*a.OwnershipRefresh.NextAvailableAt = noon.Add(time.Minute)
		}, action: ActionSkip, reason: ReasonFresh},
		"pending": {account: ownersAsked(1, "pending"), action: ActionWait, reason: ReasonPending},
		"a snapshot": {
			account: ownersAsked(1, "succeeded"), isNew: true, action: ActionFetch, reason: ReasonNewRows,
		},
		"inactive":          {account: status("inactive"), action: ActionSkip, reason: ReasonInactive},
		"inactive, one new": {account: status("inactive"), isNew: true, action: ActionFetch, reason: ReasonNewRows},
		"disconnected":      {account: status("disconnected"), action: ActionSkip, reason: ReasonDisconnected},
		"no permission": {
			account: func(a *Account) { a.Permissions = []string{"transactions"} }, action: ActionSkip,
			reason: ReasonNoPermission,
		},
		"off":          {facts: off, action: ActionSkip, reason: ReasonOff},
		"off, one new": {facts: off, isNew: true, action: ActionFetch, reason: ReasonNewRows},
		"live, no budget": {
			facts: func(f *Facts) { f.Livemode = true }, action: ActionSkip, reason: ReasonBudgetNotSet,
		},
		"over budget":   {facts: tight, action: ActionSkip, reason: ReasonOverBudget, blocked: true},
		"over, one new": {facts: tight, isNew: true, action: ActionFetch, reason: ReasonNewRows, blocked: true},
		"never answered": {
			account: feature(FeatureOwnership, Feature{Unanswered: true}),
			action:  ActionRefresh, reason: ReasonNotConfirmed, cost: 1_500_000,
		},
		"clock is off": {facts: func(f *Facts) { f.Drift = time.Hour }, action: ActionSkip, reason: ReasonClockDrift},
		"refused again": {account: func(a *Account) {
			ownersAsked(1, "succeeded")(a)
			a.Features[FeatureOwnership] = Feature{InBackoff: true}
		}, isNew: true, action: ActionSkip, reason: ReasonBackoff},
	} {
		t.Run(name, func(t *testing.T) {
			a := someAccount(
				func(a *Account) { a.Permissions, a.NewOwners = append(a.Permissions, "ownership"), test.isNew },
				test.account,
			)
			facts := someFacts(a)
			facts.Policy.Transactions.Mode, facts.Policy.Balance.Mode = ModeOff, ModeOff
			facts.Policy.Ownership = FeaturePolicy{ModeOnDemand, 720 * time.Hour}
			if test.facts != nil {
				test.facts(&facts)
			}
			p := Make(facts)
			d := p.Decisions[2]
			if d.Feature != FeatureOwnership || d.Action != test.action || d.Reason != test.reason ||
				d.CostMicroUSD != test.cost ||
				p.Blocked != test.blocked ||
				Explain(d.Reason) == "" {
				t.Errorf("decided %+v, blocked %v", d, p.Blocked)
			}
			if d.Requests != map[string]int{ActionRefresh: 1, ActionFetch: 1}[d.Action] {
				t.Errorf("%d requests", d.Requests)
			}
		})
	}
}
