package sync

import (
	"time"

	"fcpipe/schema/journal"
)

const (
	firstRest = 15 * time.Minute
	longRest  = 24 * time.Hour
)

// resting lists accounts whose rows, or owners, were refused (code) in the last rounds and that are not read
// again yet: after the first refusal at once, then after 15 minutes, 45 minutes and so on up
// to a day.
func resting(runs []journal.FinishedRun, code string, now time.Time) map[string]bool {
	refusals, last := map[string]int{}, map[string]time.Time{}
	for _, run := range runs {
		for _, account := range run.Accounts {
			switch orEmpty(account.ErrorCode) {
			case codeResting:
			case code:
				refusals[account.AccountID]++
				last[account.AccountID] = run.StartedAt
			default:
				delete(refusals, account.AccountID)
			}
		}
	}
	rest := map[string]bool{}
	for id, n := range refusals {
		pause := min(longRest, firstRest*time.Duration(int64(1)<<min(n-1, 20)-1))
		rest[id] = n > 1 && now.Before(last[id].Add(pause))
	}
	return rest
}
