package sync

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/sync/errgroup"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// owesOwners reports whether an account shows an ownership snapshot whose owners are to be
// stored and are not held.
func (r *round) owesOwners(a reading) bool {
	p := r.syncer.options.Policy
	return p.KeepOwners && a.OwnershipID != "" && !r.state.Ownerships[a.OwnershipID] && !r.readNow(a.OwnershipID) &&
		a.Status != "disconnected" && plan.IsShared(a.Account, plan.FeatureOwnership)
}

// readNow reports whether the owners of a snapshot were read whole in this round.
func (r *round) readNow(ownership string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.roster.ownersRead[ownership]
}

// newOwners are the accounts that owe owners, for a plan.
func (r *round) newOwners() map[string]bool {
	owing := map[string]bool{}
	for a := range r.roster.readings() {
		if r.owesOwners(a) {
			owing[a.AccountID] = true
		}
	}
	return owing
}

// ownersToFetch lists accounts that owe owners, as they are after waiting, but for those the
// plan left alone.
func (r *round) ownersToFetch() []string {
	denied := r.denied(plan.FeatureOwnership)
	var ids []string
	for _, a := range r.stalestFirst() {
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
			r.syncer.options.Progress(Progress{Phase: "owners", Done: i, Total: len(ids)})
			f := &ownersFetch{round: r, account: r.account(id), refusals: newRefusals()}
			return r.ownersOutcome(ctx, f, f.run(ctx))
		})
	}
	return group.Wait()
}

// ownersOutcome notes what went wrong, unless the account's rows have failed already.
func (r *round) ownersOutcome(ctx context.Context, f *ownersFetch, err error) error {
	if end := endsRound(ctx, err); end != nil {
		return end
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.report.Pages += f.pages
	r.report.Owners += f.owners
	if o := r.accountOutcome(f.account.AccountID); o.Outcome == outcomeComplete {
		switch {
		case errors.Is(err, ErrReadAllowance):
			reason, code := plan.Explain(plan.ReasonReadAllowance), codeReads
			o.Outcome, o.Reason, o.ErrorCode = outcomeIncomplete, &reason, &code
		case errors.Is(err, errClosed):
			r.closedLocked(f.account.AccountID)
		case err != nil:
			r.failLocked(f.account.AccountID, "owners could not be read", err)
		case f.refusals.count() > 0:
			reason, code := fmt.Sprintf("%d owners refused, see meta.quarantine", f.refusals.count()), codeOwnersRefused
			o.Outcome, o.Reason, o.ErrorCode = outcomeFailed, &reason, &code
		}
	}
	if errors.Is(err, ErrReadAllowance) {
		r.report.Plan.LackReads(r.syncer.options.Policy)
	}
	return nil
}

// ownersFetch is the reading of one account's owners.
type ownersFetch struct {
	round    *round
	account  reading
	pages    int64
	owners   int64
	refusals refusals
}

// run reads the snapshot the account shows. Where Stripe does not know it, another may have
// taken its place since: the account is looked at again, once.
func (f *ownersFetch) run(ctx context.Context) error {
	err := f.snapshot(ctx)
	var api *stripe.APIError
	if !errors.As(err, &api) || api.Status != http.StatusNotFound {
		return err
	}
	again, readErr := f.round.readAccount(ctx, f.account.AccountID, f.round.sourceOf(f.account.Account))
	if readErr != nil {
		return readErr
	}
	// the round goes on with the account as it was: its rows were read up to that
	isSame := isStale(again.Account, f.account.Account, f.round.syncer.Now()) ||
		again.OwnershipID == f.account.OwnershipID
	if isSame || !f.round.owesOwners(again) {
		return err
	}
	f.account = again
	return f.snapshot(ctx)
}

// snapshot reads every page of one snapshot. Pages land as they come. The last one lands with the record that the
// snapshot is whole, unless an owner was refused.
func (f *ownersFetch) snapshot(ctx context.Context) error {
	f.refusals.restart()
	src := f.round.sourceOf(f.account.Account)
	use := f.round.using(ctx, f.account.AccountID, plan.Use{Feature: plan.FeatureOwnership})
	for page, err := range stripe.Pages(use, src.client, f.list(src)) {
		switch {
		case err != nil:
			return f.round.shownAfter(ctx, f.account.AccountID, err)
		case page.Restarted:
			f.refusals.restart()
		}
		f.pages++
		rows := f.rowsOf(page)
		if page.HasMore {
			err = f.round.landRows(ctx, rows)
		} else {
			err = f.finish(ctx, rows, page.Number, int64(page.Distinct))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list is the list of a snapshot's owners.
func (f *ownersFetch) list(src *source) stripe.List[schema.Owner] {
	return stripe.List[schema.Owner]{
		Operation: "list owners", Path: stripe.Path("accounts", f.account.AccountID, "owners"),
		Form: url.Values{"ownership": {f.account.OwnershipID}}, MaxPages: plan.MinPages - int(f.pages),
		Open: wire.OpenList, Reserve: func(int) error { return f.round.reserveRead(src) },
		Decode: func(raw []byte) (schema.Owner, string, error) {
			o, err := wire.DecodeOwner(raw)
			return o, o.OwnerID, err
		},
	}
}

// finish lands the last page of a snapshot of so many owners. One that took more than one page, or shows no owner, is
// whole only where the account is still shared.
func (f *ownersFetch) finish(ctx context.Context, rows schema.Landed, pages int, owners int64) error {
	if pages > 1 || owners == 0 {
		if err := f.stillShared(ctx); err != nil {
			return errors.Join(err, f.round.landRows(ctx, rows))
		}
	}
	whole := f.refusals.count() == 0
	if whole {
		rows.Ownerships = []schema.Ownership{{
			OwnershipID: f.account.OwnershipID, AccountID: f.account.AccountID, OwnerCount: owners,
		}}
	}
	if err := f.round.landRows(ctx, rows); err != nil {
		return err
	}
	f.markHeld(whole)
	f.owners = owners - int64(f.refusals.count())
	return nil
}

// stillShared reads the account again: pages that a server leaves empty, because it may not show
// them any more, are no snapshot.
func (f *ownersFetch) stillShared(ctx context.Context) error {
	again, err := f.round.readAccount(ctx, f.account.AccountID, f.round.sourceOf(f.account.Account))
	if err == nil && (again.Status == "disconnected" || !plan.IsShared(again.Account, plan.FeatureOwnership)) {
		f.round.replace(again)
		err = errClosed
	}
	return err
}

// rowsOf makes rows of a page: an owner at fault, or of another snapshot, goes to quarantine, and the others stay.
func (f *ownersFetch) rowsOf(page stripe.Page[schema.Owner]) (rows schema.Landed) {
	if _, known := f.round.state.Accounts[f.account.AccountID]; !known && f.pages == 1 {
		rows.Accounts = []schema.Account{f.round.asHeld(f.round.account(f.account.AccountID).Account)}
	}
	for position, row := range page.Rows {
		o, err := row.Value, row.Err
		if err == nil && o.OwnershipID != f.account.OwnershipID {
			err = &wire.FieldError{Field: "ownership", Reason: reasonSnapshot}
		}
		switch {
		case err == nil:
			o.AccountID = f.account.AccountID
			rows.Owners = append(rows.Owners, o)
		case f.refusals.add(row.Raw):
			rows.Quarantined = append(rows.Quarantined, refuse(schema.QuarantinedRow{
				AccountID: f.account.AccountID, Object: "owner", Page: int(f.pages), Position: position,
				RequestID: page.RequestID, Raw: row.Raw,
			}, err))
		}
	}
	return rows
}

// markHeld remembers that a snapshot has been read whole in this round.
func (f *ownersFetch) markHeld(whole bool) {
	f.round.mutex.Lock()
	defer f.round.mutex.Unlock()
	f.round.roster.noteOwners(f.account.OwnershipID, whole)
}
