package sync

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// auditAccounts lists some accounts again without a cursor. The merge compares. These accounts held all their rows, so
// every row that is new or differs is a defect, which the merge repairs. Rows that the list lacks are kept.
func (r *round) auditAccounts(ctx context.Context) error {
	if r.syncer.options.Policy.AuditEvery <= 0 {
		return nil
	}
	due := r.auditsDue()
	if len(due) == 0 {
		return nil
	}
	tallies := map[string]schema.Tally{}
	if r.state.Tallies != nil {
		var err error
		if tallies, err = r.state.Tallies(ctx); err != nil {
			return landError{err}
		}
	}
	budget := map[*source]int64{}
	for _, src := range r.sources {
		budget[src] = src.quota.Audits(src.client.Reads()) // less than 0 is no limit
	}
	for _, id := range due {
		a := r.account(id)
		src, reads := r.sourceOf(a.Account), auditReads(tallies[id].Rows)
		if budget[src] >= 0 && reads > budget[src] {
			continue
		}
		spent := src.client.Reads()
		if err := r.audit(ctx, a, 2*reads); err != nil {
			return err
		}
		if budget[src] >= 0 {
			budget[src] -= src.client.Reads() - spent
		}
	}
	return nil
}

// auditReads is what an audit of so many rows takes: its pages, with a row more, and the account itself.
func auditReads(rows int64) int64 { return int64(stripe.PagesOf(int(rows)+1)) + 1 }

// auditsDue lists accounts whose rows are all held after this round and whose last audit is longer ago than their
// interval, the oldest audit first. Intervals differ by account, so that accounts linked on one day are not all
// audited on one day.
func (r *round) auditsDue() []string {
	now, due := r.syncer.Now(), map[string]time.Time{}
	for a := range r.roster.readings() {
		if !r.holdsAll(a) {
			continue
		}
		last := r.state.Accounts[a.AccountID].FirstSeenAt
		if at, audited := r.journal.LastAudit(a.AccountID); audited {
			last = at
		}
		if at := last.Add(r.auditInterval(a.AccountID)); !now.Before(at) {
			due[a.AccountID] = at
		}
	}
	ids := make([]string, 0, len(due))
	for id := range due {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(x, y string) int { return cmp.Or(due[x].Compare(due[y]), cmp.Compare(x, y)) })
	return ids[:min(len(ids), auditsAtOnce(len(r.roster.listed), r.syncer.options.Policy.AuditEvery))]
}

// holdsAll reports whether every row of an account's newest refresh is held after this round, of one that was held
// before.
func (r *round) holdsAll(a reading) bool {
	stored, known := r.state.Accounts[a.AccountID]
	entry := r.roster.get(a.AccountID)
	failed := entry.outcome != nil && entry.outcome.Outcome != outcomeComplete
	if a.Lacks(wire.PartTransactionRefresh) {
		return false // its refresh could not be read: which rows it should hold is not known
	}
	if !known || stored.Landed || stored.CursorRefreshID == nil || failed || !plan.IsReadable(a.Account) ||
		a.TransactionRefresh.Status != "succeeded" {
		return false
	}
	return entry.isCompleted || !plan.OwesRows(a.Account, stored)
}

// auditsAtOnce is twice a day's share of the accounts: what is due after a pause is spread over
// days too.
func auditsAtOnce(accounts int, every time.Duration) int {
	share := 2 * float64(accounts) * float64(24*time.Hour) / float64(every)
	return 1 + int(min(share, float64(accounts)))
}

// auditInterval is between half and the whole of the configured one, fixed for an account.
func (r *round) auditInterval(accountID string) time.Duration {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(accountID))
	every := r.syncer.options.Policy.AuditEvery
	return every/2 + time.Duration(sum.Sum32()%1000)*(every/2)/1000
}

// audit lists one account whole. When a refresh lands meanwhile, the rows are merged like any others and do not count
// as an audit. A list of more than maxPages does not count either.
func (r *round) audit(ctx context.Context, a reading, maxPages int64) error {
	f := newFetch(r, a, maxPages)
	f.audit = true
	last, _, err := f.list(ctx)
	if err == nil {
		var again reading
		if again, err = r.readAccount(ctx, a.AccountID, r.sourceOf(a.Account)); err == nil {
			f.unmoved = r.replace(again) && sameStanding(a.Account, again.Account) && closed(again.Account) == nil
		}
	}
	if end := endsRound(ctx, err); end != nil {
		return end
	}
	switch {
	case errors.Is(err, ErrReadAllowance):
		return nil
	case err != nil:
		r.fail(a.AccountID, "the audit could not be finished", err)
		return nil
	}
	if err := f.landPage(ctx, last); err != nil {
		return err
	}
	f.noteRefusedLabels()
	if f.unmoved && f.refusals.count() == 0 {
		r.report.Audits = append(r.report.Audits, journal.Audit{
			AccountID: a.AccountID, AuditedAt: r.syncer.Now(), Listed: f.listed, RunID: r.runID,
			Fetched: r.roster.get(a.AccountID).rowsCompleted,
		})
	}
	return nil
}
