package sync

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/sync/errgroup"

	"fcpipe/schema"
	"fcpipe/sync/stripe"
)

// owesOwners reports whether an account shows an ownership snapshot whose owners are to be
// stored and are not held.
func (r *round) owesOwners(a reading) bool {
	return r.syncer.options.KeepOwners && a.ownership != "" && !r.state.Ownerships[a.ownership] && !r.readNow(a.ownership) &&
		a.Status != "disconnected" && shares(a.Account, "ownership")
}

// readNow reports whether the owners of a snapshot were read whole in this round.
func (r *round) readNow(ownership string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.ownerships[ownership]
}

// newOwners are the accounts that owe owners, for a plan.
func (r *round) newOwners() map[string]bool {
	owing := map[string]bool{}
	for _, a := range r.accounts {
		if r.owesOwners(a) {
			owing[a.AccountID] = true
		}
	}
	return owing
}

// ownersToFetch lists accounts that owe owners, as they are after waiting, but for those the
// plan left alone.
func (r *round) ownersToFetch() []string {
	denied := r.denied(FeatureOwnership)
	var ids []string
	for _, a := range stalestFirst(r.plain(), r.state) {
		if !denied[a.AccountID] && r.owesOwners(r.account(a.AccountID)) {
			ids = append(ids, a.AccountID)
		}
	}
	return ids
}

// fetchOwners reads the owners of new snapshots. As with rows, one account's failure is its own.
func (r *round) fetchOwners(ctx context.Context, ids []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(r.syncer.options.Stripe.Concurrency, 1))
	for i, id := range ids {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if r.outOfReads(id) {
				return nil
			}
			r.syncer.options.Progress(Progress{Room: "owners", Done: i, Total: len(ids)})
			f := &ownersFetch{round: r, account: r.account(id)}
			return r.ownersOutcome(ctx, f, f.run(ctx))
		})
	}
	return group.Wait()
}

// ownersOutcome notes what went wrong, unless the account's rows have failed already.
func (r *round) ownersOutcome(ctx context.Context, f *ownersFetch, err error) error {
	var land landError
	switch {
	case errors.Is(err, stripe.ErrKeyRefused), errors.Is(err, stripe.ErrOutage), errors.As(err, &land):
		return err
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.report.Pages += f.pages
	r.report.Owners += f.owners
	if o := r.accountOutcome(f.account.AccountID); o.Outcome == outcomeComplete {
		switch {
		case errors.Is(err, ErrReadAllowance):
			reason, code := Explain(ReasonReadAllowance), codeReads
			o.Outcome, o.Reason, o.ErrorCode = outcomeIncomplete, &reason, &code
		case errors.Is(err, errClosed):
			r.closedLocked(f.account.AccountID)
		case err != nil:
			r.failLocked(f.account.AccountID, "owners could not be read", err)
		case f.refused > 0:
			reason, code := fmt.Sprintf("%d owners refused, see meta.quarantine", f.refused), codeOwnersRefused
			o.Outcome, o.Reason, o.ErrorCode = outcomeFailed, &reason, &code
		}
	}
	if errors.Is(err, ErrReadAllowance) {
		r.report.Plan.lackReads(r.syncer.options)
	}
	return nil
}

// ownersFetch is the reading of one account's owners.
type ownersFetch struct {
	*round
	account reading
	pages   int64
	owners  int64
	refused int64
}

// run reads the snapshot the account shows. Where Stripe does not know it, another may have
// taken its place since: the account is looked at again, once.
func (f *ownersFetch) run(ctx context.Context) error {
	err := f.snapshot(ctx)
	var api *stripe.APIError
	if !errors.As(err, &api) || api.Status != http.StatusNotFound {
		return err
	}
	again, readErr := f.syncer.readAccount(ctx, f.account.AccountID, f.sourceOf(f.account.Account))
	if readErr != nil {
		return readErr
	}
	// the round goes on with the account as it was: its rows were read up to that
	if isStale(again.Account, f.account.Account, f.syncer.Now()) || again.ownership == f.account.ownership || !f.owesOwners(again) {
		return err
	}
	f.account = again
	return f.snapshot(ctx)
}

// snapshot reads every page of one snapshot. Pages land as they come; the word that it is
// whole lands with the last, unless an owner was refused.
func (f *ownersFetch) snapshot(ctx context.Context) error {
	form := url.Values{"ownership": {f.account.ownership}, "limit": {pageSize}}
	src, seen, restarts := f.sourceOf(f.account.Account), map[string]bool{}, 0
	for {
		if f.pages >= leastPages {
			return errTooManyPages
		}
		if err := f.mayRead(src); err != nil {
			return err
		}
		answer, err := src.client.Get(ctx, "list owners", stripe.Path("accounts", f.account.AccountID, "owners"), form)
		if vanished(err) && form.Has("starting_after") && restarts < maxRestarts {
			restarts++
			form.Del("starting_after")
			clear(seen)
			f.refused = 0
			continue
		}
		if err != nil {
			return err
		}
		page, err := openEnvelope(answer)
		if err != nil {
			return err
		}
		f.pages++
		rows, lastID, err := f.decodePage(page, seen)
		if err != nil {
			return err
		}
		if !page.hasMore && (f.pages > 1 || len(seen) == 0) {
			if err := f.stillShared(ctx); err != nil {
				return errors.Join(err, f.landOwners(ctx, rows))
			}
		}
		if !page.hasMore && f.refused == 0 {
			rows.Ownerships = []schema.Ownership{{OwnershipID: f.account.ownership, AccountID: f.account.AccountID, OwnerCount: int64(len(seen))}}
		}
		if err := f.landOwners(ctx, rows); err != nil {
			return err
		}
		if !page.hasMore {
			f.markHeld(len(rows.Ownerships) > 0)
			f.owners = int64(len(seen)) - f.refused
			return nil
		}
		form.Set("starting_after", lastID)
	}
}

func (f *ownersFetch) landOwners(ctx context.Context, rows schema.Landed) error {
	if err := f.landing.Land(context.WithoutCancel(ctx), rows); err != nil {
		return landError{err}
	}
	return nil
}

// stillShared reads the account again: pages that a server leaves empty, because it may not show
// them any more, are no snapshot.
func (f *ownersFetch) stillShared(ctx context.Context) error {
	again, err := f.syncer.readAccount(ctx, f.account.AccountID, f.sourceOf(f.account.Account))
	if err == nil && (again.Status == "disconnected" || !shares(again.Account, "ownership")) {
		f.replace(again)
		err = errClosed
	}
	return err
}

// decodePage makes rows of a page, as for transactions: a page that repeats itself is refused whole;
// an owner at fault, or of another snapshot, goes to quarantine alone.
func (f *ownersFetch) decodePage(page envelope, seen map[string]bool) (rows schema.Landed, lastID string, err error) {
	fresh := 0
	if _, known := f.state.Accounts[f.account.AccountID]; !known && f.pages == 1 {
		rows.Accounts = []schema.Account{f.asHeld(f.round.account(f.account.AccountID).Account)}
	}
	for position, raw := range page.rows {
		o, err := decodeOwner(raw)
		if o.OwnerID != "" {
			if lastID = o.OwnerID; !seen[lastID] {
				seen[lastID] = true
				fresh++
			}
		}
		if err == nil && o.OwnershipID != f.account.ownership {
			err = &fieldError{"ownership", reasonSnapshot}
		}
		if err != nil {
			rows.Quarantined = append(rows.Quarantined, refusedRow(err, f.account.AccountID, "owner", int(f.pages), position, page.requestID, raw))
			continue
		}
		o.AccountID = f.account.AccountID
		rows.Owners = append(rows.Owners, o)
	}
	if page.hasMore && fresh == 0 {
		return rows, "", &stripe.PageError{RequestID: page.requestID, Problem: "a page without a new owner that says more follows"}
	}
	f.refused += int64(len(rows.Quarantined))
	return rows, lastID, nil
}

// markHeld remembers that a snapshot has been read whole in this round.
func (f *ownersFetch) markHeld(whole bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.ownerships[f.account.ownership] = whole
}

// vanished reports that the row a page hangs on is gone.
func vanished(err error) bool {
	var api *stripe.APIError
	return errors.As(err, &api) && api.Code == "resource_missing" && api.Status == http.StatusBadRequest
}
