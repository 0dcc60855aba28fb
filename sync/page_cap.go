package sync

import (
	"errors"
	"fmt"
)

const (
	mostPages  = 100_000 // of one account in a round: ten million rows
	leastPages = 100     // that an account may take however small the allowance is
	// pageShare is the part of a read allowance that one account may take without coming to an end.
	pageShare = 10
	// mostListPages and mostListBytes bound a list of accounts, and so the memory it takes.
	mostListPages = 2_500
	mostListBytes = 512 << 20
	// mostEventPages is when a list of accounts tells more for less.
	mostEventPages = 100
)

// errListTooLong ends a list of accounts that does not come to an end.
var errListTooLong = errors.New("the list of accounts is too long")

// listPages is how many pages a list of accounts may take: a tenth of an allowance, as one account.
func (o Options) listPages() int { return int(min(mostListPages, o.pagesEach())) }

// reserveListPage returns why a list of accounts may not take one page more: for its bytes, or the allowance. The
// first page of a list is openSource's to allow.
func (s *Syncer) reserveListPage(src *source, so *listing) error {
	allowed, used := s.options.ReadsPer30Days, src.readsUsed+src.client.Reads()
	switch {
	case so.bytes >= mostListBytes:
		return fmt.Errorf("%w: more than %d MiB in %d pages; sync.holders names those that matter", errListTooLong, mostListBytes>>20, so.pages)
	case so.pages > 0 && allowed > 0 && !src.looks && used >= allowed:
		return fmt.Errorf("%w: %d of %d in the last 30 days", ErrReadAllowance, used, allowed)
	}
	return nil
}

// listTooLong is the error of a list of accounts that takes more pages than it may.
func (s *Syncer) listTooLong() error {
	return fmt.Errorf("%w: more than %d pages, %s; sync.holders names those that matter", errListTooLong, s.options.listPages(), s.options.listLimit())
}

// listLimit says where the limit of a list comes from.
func (o Options) listLimit() string {
	if o.ReadsPer30Days == 0 || o.listPages() == mostListPages {
		return "the most a list may take"
	}
	return fmt.Sprintf("the part of stripe.reads_per_30_days: %d a list may take", o.ReadsPer30Days)
}

// pagesEach is how many pages one account may take: in 30 days without coming to an end where
// there is an allowance, so that no account eats the reads of the others, else in a round.
func (o Options) pagesEach() int64 {
	if o.ReadsPer30Days == 0 {
		return mostPages
	}
	return min(mostPages, max(o.ReadsPer30Days/pageShare, leastPages))
}

// unfinished counts by account the pages that runs of the last 30 days read in vain, since it
// was last read to the end; nothing where there is no allowance.
func (r *round) unfinished() map[string]int64 {
	pages, since := map[string]int64{}, r.syncer.Now().AddDate(0, 0, -30)
	if r.syncer.options.ReadsPer30Days == 0 {
		return pages
	}
	for _, run := range r.journal.Runs() {
		if run.StartedAt.Before(since) {
			continue
		}
		for _, account := range run.Accounts {
			switch code := orEmpty(account.ErrorCode); {
			case code == codePages, code == codeReads:
				pages[account.AccountID] += account.Pages
			case account.Pages > 0:
				delete(pages, account.AccountID)
			}
		}
	}
	return pages
}

// pagesReason says what to do about an account that does not come to an end.
func (o Options) pagesReason() string {
	if o.ReadsPer30Days == 0 {
		return fmt.Sprintf("its rows take more than %d pages: nothing Stripe holds of one account should; the rows read are held", mostPages)
	}
	return fmt.Sprintf("its rows take more than %d pages, all that one account may take in 30 days without coming to an end; the rows read are held, a larger stripe.reads_per_30_days lets it take a tenth of that", o.pagesEach())
}
