package reader

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// notListed is the code of an account that Stripe does not list any more.
const notListed = "not_listed"

// isMissing reports whether Stripe does not have the account any more.
func (f Failure) isMissing() bool {
	return slices.Contains([]string{notListed, "resource_missing", "http_404"}, f.Code)
}

// hides reports whether a failure says more of an account than that something of it is stale.
func (f Failure) hides(question StatusQuestion) bool {
	return f.isMissing() || !f.Since.After(question.Stale)
}

// withFailing adds to what the file says of accounts what the journal knows of those that fail. names are those of the
// failing accounts; one that failed before it was ever stored has none, and counts as active.
func (q StatusQuestion) withFailing(found []Attention, names map[string]AccountName) []Attention {
	refused := map[string]bool{}
	for _, a := range found {
		refused[a.AccountID] = refused[a.AccountID] || a.Code == HasRefusedRows
	}
	found = slices.DeleteFunc(found, func(a Attention) bool {
		failure, fails := q.Failing[a.AccountID]
		return a.Code == IsFailing && fails && failure.hides(q)
	})
	for id, failure := range q.Failing {
		name, isStored := names[id]
		isActive := !isStored || name.status == "active"
		a := Attention{AccountID: id, Since: &failure.Since}
		switch {
		case failure.Code == notListed:
			said := strings.ReplaceAll(failure.Reason, " ("+notListed+")", "")
			a.Code, a.Reason = IsMissing, said+"; fcpipe settle, where that is right"
		case !isActive:
			continue
		case failure.isMissing():
			a.Code, a.Reason = IsMissing, "Stripe does not find it any more (404)"
		case failure.hides(q) && !refused[id]:
			days := q.Now.Sub(failure.Since) / (24 * time.Hour)
			a.Code, a.Reason = IsFailing, fmt.Sprintf("failing for %d days: %s", days, failure.Reason)
		default:
			continue
		}
		found = append(found, a)
	}
	return found
}
