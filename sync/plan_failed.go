package sync

import (
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
)

// firstRetry is how long after a refresh that failed the next one is asked for.
const firstRetry = 24 * time.Hour

// patience is how long after its last refresh a feature is refreshed again: its interval; a day
// where that refresh failed, twice that for each failure before it, never more than the interval.
func (p *planner) patience(a schema.Account, feature string) time.Duration {
	every, refresh := p.facts.options.policy(feature).Every, featureOf(a, feature)
	if !failed(refresh) {
		return every
	}
	stored := p.facts.state.Accounts[a.AccountID]
	before := stored.Failures[feature]
	if latest := stored.Refreshes[feature]; latest.Status == "failed" && latest.RequestedAt.Equal(refresh.AttemptedAt) {
		before-- // this one is among them
	}
	if refresh.NextAvailableAt == nil {
		before += p.askedInVain(a, feature).Times
	}
	return min(every, firstRetry<<max(0, min(before, 10)))
}

// askedInVain is how often we asked for a refresh after the one an account shows, and none began.
func (p *planner) askedInVain(a schema.Account, feature string) journal.InVain {
	return p.facts.inVain[journal.Asked{AccountID: a.AccountID, Feature: feature, LastSeen: lastSeen(featureOf(a, feature))}]
}

func failed(refresh *schema.RefreshState) bool { return refresh != nil && refresh.Status == "failed" }

// whyDue says why a refresh is asked for.
func whyDue(refresh *schema.RefreshState) string {
	switch {
	case refresh == nil:
		return ReasonFirst
	case failed(refresh):
		return ReasonRetry
	}
	return ReasonDue
}

// whyNotDue says why none is.
func whyNotDue(refresh *schema.RefreshState) string {
	if failed(refresh) {
		return ReasonRetryLater
	}
	return ReasonFresh
}
