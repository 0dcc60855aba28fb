package sync

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

const (
	maxPasses = 3 // the first, and two more when a refresh landed while paging
	// auditableRows bounds the ids a round keeps for its audits, some 50 MB.
	auditableRows = 500_000
)

// fetchPlanned reads the rows of every account that has new ones. One account's failure is
// its own; only a refused key, the disk or the end of ctx stop the others.
func (r *round) fetchPlanned(ctx context.Context, ids []string) error {
	most, spent := r.syncer.options.Policy.PageLimit(), r.pagesUnread()
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(max(r.syncer.options.Stripe.Concurrency, 1))
	for i, id := range ids {
		group.Go(func() error {
			ctx := groupCtx
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if r.outOfReads(id) {
				return nil
			}
			r.syncer.options.Progress(Progress{Phase: "fetch", Done: i, Total: len(ids)})
			f := newFetch(r, r.account(id), most-spent[id])
			err := f.run(ctx)
			return r.outcome(ctx, f, err)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return r.confirmPages(ctx)
}

// outcome notes how an account's fetch went.
func (r *round) outcome(ctx context.Context, f *fetch, err error) error {
	if end := endsRound(ctx, err); end != nil {
		return end
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.report.AccountsFetched++
	r.report.Pages += f.pages
	r.report.Rows += f.rows
	r.concludeLocked(f, err)
	return nil
}

// concludeLocked says what became of an account. The round must be locked.
func (r *round) concludeLocked(f *fetch, err error) {
	o := r.accountOutcome(f.account.AccountID)
	o.Pages, o.Transactions = f.pages, f.rows
	incomplete := func(reason, code string) {
		o.Outcome, o.Reason, o.ErrorCode = outcomeIncomplete, &reason, nonEmpty(code)
	}
	switch {
	case errors.Is(err, errClosed):
		r.closedLocked(f.account.AccountID)
	case err == nil && f.waits:
		r.unconfirmed = append(r.unconfirmed, f)
		if o.Outcome == outcomeComplete { // until confirmPages
			incomplete("it was not read again after a page without a row", codeNotReadAgain)
		}
	case errors.Is(err, ErrReadAllowance):
		incomplete(plan.Explain(plan.ReasonReadAllowance), codeReads)
		r.report.Plan.LackReads(r.syncer.options.Policy)
	case errors.Is(err, stripe.ErrTooManyPages):
		incomplete(r.syncer.options.Policy.PageLimitReason(), codePages)
	case err != nil:
		r.failLocked(f.account.AccountID, "transactions could not be read", err)
	case f.refusals.count() > 0:
		reason, code := fmt.Sprintf("%d rows refused, see meta.quarantine", f.refusals.count()), codeRefused
		o.Outcome, o.Reason, o.ErrorCode = outcomeFailed, &reason, &code
	case f.moved:
		incomplete("a refresh landed while its rows were read", "")
	case f.labelsRefused > 0:
		incomplete(f.refusedLabels(), codePart)
	case f.forgotten != nil:
		o.ErrorCode, o.RequestID = new(codeCursorUnknown), nonEmpty(f.forgotten.RequestID)
	}
}

// fetch is the reading of one account's transactions.
type fetch struct {
	round    *round
	account  reading
	pages    int64
	maxPages int64
	rows     int64
	listed   int64    // rows since the list began (again)
	ids      []string // of the rows, for an audit in the same round; at most auditableRows and one
	audit    bool     // lists everything, without the cursor
	after    *string  // the cursor the rows were listed after; nil when all were
	unmoved  bool     // audits: no refresh landed meanwhile
	moved    bool     // a refresh landed on every pass: rows are held, the cursor is not moved
	waits    bool     // its one page was empty: the cursor moves when the account is confirmed
	// forLabels lists the rows after those whose labels are held
	forLabels bool
	// labelled are the taxonomies that had all their labels before the first page
	labelled      []string
	labelsRefused int64
	// forgotten is Stripe's word that it does not know the cursor; nil when it does
	forgotten *stripe.APIError
	refusals  refusals
}

func newFetch(r *round, a reading, maxPages int64) *fetch {
	return &fetch{round: r, account: a, maxPages: maxPages, refusals: newRefusals(), labelled: labelled(a)}
}

// run reads every page after the stored cursor. Whether the cursor moves, together with the last rows, depends:
//
//   - One page with rows shows what Stripe held at one moment. The cursor moves.
//   - Several pages: a row may have moved from an unread page to one that was read already. The account is read again,
//     and the cursor moves if it shows the same refresh as before and may still be read. Otherwise all pages are read
//     again, up to maxPasses times.
//   - One page without a row: perhaps we lost access to the account after it was listed. To read each such account
//     again would double the reads of a round in which little is new, so these wait for confirmPages.
func (f *fetch) run(ctx context.Context) error {
	for pass := range maxPasses {
		last, pages, err := f.list(ctx)
		if err != nil {
			return err
		}
		if pages == 1 && f.listed == 0 && f.succeeded() {
			f.waits = true
			return nil
		}
		steady := true
		if pages > 1 && !f.account.Lacks(wire.PartTransactionRefresh) { // without it the cursor stays anyhow
			if steady, err = f.isSteady(ctx); err != nil {
				return errors.Join(err, f.land(ctx, last, false)) // what was read is held
			}
		}
		f.moved = !steady && pass == maxPasses-1
		if steady || f.moved {
			return f.land(ctx, last, steady)
		}
	}
	return nil
}

// errClosed ends the reading of an account that may not be read any more.
var errClosed = errors.New("closed to us while it was read")

// isSteady reads the account again and reports whether it is as it was before its pages.
func (f *fetch) isSteady(ctx context.Context) (bool, error) {
	before := f.account.Account
	again, err := f.round.readAccount(ctx, f.account.AccountID, f.round.sourceOf(f.account.Account))
	if err != nil {
		return false, err
	}
	if f.round.replace(again) {
		f.account = f.round.account(again.AccountID)
		return sameStanding(before, f.account.Account), closed(f.account.Account)
	}
	return false, nil
}

// sameStanding reports whether nothing happened between two readings that decides which rows are listed.
func sameStanding(before, after schema.Account) bool {
	x, y := before.TransactionRefresh, after.TransactionRefresh
	if x == nil || y == nil || before.Status != after.Status {
		return false
	}
	return orEmpty(x.RefreshID) == orEmpty(y.RefreshID) && x.Status == y.Status
}

// closed is errClosed for an account whose rows are not listed any more.
func closed(a schema.Account) error {
	if plan.IsReadable(a) {
		return nil
	}
	return errClosed
}

// land makes the last rows durable, with the cursor when it may move.
func (f *fetch) land(ctx context.Context, last schema.Landed, steady bool) error {
	refresh, isRead := f.account.TransactionRefresh, !f.account.Lacks(wire.PartTransactionRefresh)
	if isRead && steady && refresh.Status == "succeeded" && f.refusals.count() == 0 {
		f.noteCompleted()
		through := f.round.attemptedAt(f.account.AccountID, plan.FeatureTransactions, *refresh)
		last.Completions = []schema.Completion{{
			AccountID: f.account.AccountID, AfterRefreshID: f.after, CursorRefreshID: refresh.RefreshID,
			CompleteThroughAt: &through,
		}}
		last.LabelStates = f.labelStates()
	}
	if last.Accounts = []schema.Account{f.account.Account}; !steady || f.refusals.count() > 0 {
		last.Accounts[0] = f.round.asHeld(f.account.Account)
	}
	f.round.markLanded(f.account)
	return f.round.landRows(ctx, last)
}

// noteID keeps the id of a row that an audit in this round would find. A first reading keeps
// none: the account is new then, and is not audited.
func (f *fetch) noteID(id string) {
	isNewKnown := f.round.state.Accounts[f.account.AccountID].CursorRefreshID != nil
	if !f.audit && !f.forLabels && isNewKnown && len(f.ids) <= auditableRows {
		f.ids = append(f.ids, id)
	}
}

// noteCompleted lets the account be audited in this round, by keeping the ids of the rows that an audit will find new.
// A round that brought too many rows to keep leaves the audit to the next one.
func (f *fetch) noteCompleted() {
	f.round.mutex.Lock()
	defer f.round.mutex.Unlock()
	roster := &f.round.roster
	if roster.rowsKept+len(f.ids) > auditableRows {
		return
	}
	roster.rowsKept += len(f.ids)
	e := roster.entryOf(f.account.AccountID)
	e.isCompleted, e.rowsCompleted = true, f.ids
}
