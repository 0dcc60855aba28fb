package sync

import (
	"errors"
	"fmt"
	"time"

	"fcpipe/schema"
)

const (
	mostPages  = 100_000 // of one account in a round: ten million rows
	leastPages = 100     // that an account may take however small the allowance is
	// pageShare is the part of a read allowance that one account may take without coming to an end.
	pageShare = 10
)

// errTooManyPages ends the reading of an account that does not come to an end.
var errTooManyPages = errors.New("more pages than one account may take")

// pagesFor is how many pages of an account may be read in this round. What an account took in
// 30 days without coming to an end is bounded, so that no account eats the reads of the others.
func (r *round) pagesFor(id string) int64 {
	allowed := r.syncer.options.ReadsPer30Days
	if allowed == 0 {
		return mostPages
	}
	return min(mostPages, max(allowed/pageShare, leastPages)) - unfinished(r.journal.Runs(), id, r.syncer.Now().AddDate(0, 0, -30))
}

// unfinished counts the pages of an account that runs since an instant read in vain, since it
// was last read to the end.
func unfinished(runs []schema.FinishedRun, id string, since time.Time) (pages int64) {
	for _, run := range runs {
		for _, account := range run.Accounts {
			if account.AccountID != id || run.StartedAt.Before(since) {
				continue
			}
			switch code := orEmpty(account.ErrorCode); {
			case code == codePages, code == codeReads:
				pages += account.Pages
			case account.Pages > 0:
				pages = 0
			}
		}
	}
	return pages
}

// pagesReason says what to do about an account that does not come to an end.
func (r *round) pagesReason() string {
	allowed := r.syncer.options.ReadsPer30Days
	if allowed == 0 {
		return fmt.Sprintf("its rows take more than %d pages: nothing Stripe holds of one account should; the rows read are held", mostPages)
	}
	return fmt.Sprintf("its rows take more than %d pages, all that one account may take in 30 days without coming to an end; the rows read are held, a larger stripe.reads_per_30_days lets it take a tenth of that",
		min(mostPages, max(allowed/pageShare, leastPages)))
}
