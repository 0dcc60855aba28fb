package plan

import (
	"time"

	"fcpipe/schema"
)

// due reports whether a feature may and should be refreshed now. Where Stripe names no instant from
// which it may be, it may not, unless the last refresh failed: Stripe may never name one then, so our
// own interval decides, counted from when we asked last. A refresh that we bought counts even where the
// account does not show it: it was paid for.
func (p *planner) due(a Account, feature string) bool {
	refresh, every := RefreshOf(a.Account, feature), p.refreshInterval(a, feature)
	if p.facts.Now.Sub(a.Features[feature].Started) < every-dueSlack(every) {
		return false
	}
	if refresh == nil {
		return true
	}
	since := refresh.AttemptedAt
	switch {
	case refresh.NextAvailableAt != nil && refresh.NextAvailableAt.After(p.facts.Now):
		return false
	case refresh.NextAvailableAt == nil && !isFailed(refresh):
		return false
	case refresh.NextAvailableAt == nil:
		if last := a.Features[feature].Unstarted.Last; last.After(since) {
			since = last
		}
	}
	return p.facts.Now.Sub(since) >= every-dueSlack(every)
}

// dueSlack is how much of an interval may be missing when a refresh is due: a sixth, at most four hours.
// A nightly round asks some seconds after it began, or hours later when it had to be repeated, and
// finds the refresh due in the next night all the same.
func dueSlack(every time.Duration) time.Duration { return min(every/6, 4*time.Hour) }

// firstRetry is how long after a refresh that failed the next one is asked for.
const firstRetry = 24 * time.Hour

// refreshInterval is how long after its last refresh a feature is refreshed again: its interval. Where that
// refresh failed it is a day, twice that for each failure before it, never more than the interval.
func (p *planner) refreshInterval(a Account, feature string) time.Duration {
	every, refresh := p.facts.Policy.Of(feature).Every, RefreshOf(a.Account, feature)
	if !isFailed(refresh) {
		return every
	}
	failures := a.Stored.Failures[feature]
	if latest := a.Stored.Refresh(feature); latest.Status == "failed" &&
		latest.RequestedAt.Equal(refresh.AttemptedAt) {
		failures-- // this one is among them
	}
	if refresh.NextAvailableAt == nil {
		failures += a.Features[feature].Unstarted.Times
	}
	return min(every, firstRetry<<max(0, min(failures, 10)))
}

// whyDue says why a refresh is asked for.
func whyDue(refresh *schema.RefreshState) string {
	switch {
	case refresh == nil:
		return ReasonFirst
	case isFailed(refresh):
		return ReasonRetry
	}
	return ReasonDue
}

// whyNotDue says why none is.
func whyNotDue(refresh *schema.RefreshState) string {
	if isFailed(refresh) {
		return ReasonRetryLater
	}
	return ReasonFresh
}
