package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"fcpipe/schema"
	"fcpipe/sync/wire"
)

// Stripe labels transactions after it has shown them, and a label makes no refresh: no cursor tells of it. What tells
// is the account, by a status for each taxonomy. Rows are read again when it is completed, and up to a refresh: those
// that refreshes brought since the last one of which labels were read. So an account whose labels come late takes one
// list more, mostly of one page, and one whose labels are there when its rows are read takes none. Where a status is
// pending again without a newer refresh, Stripe labels all of the account's rows again, and all of them are read.

// labelled are the taxonomies in which Stripe has labelled what it has of an account.
func labelled(a reading) (taxonomies []string) {
	for taxonomy, status := range a.LabelStates {
		if status == schema.StatusLabelled {
			taxonomies = append(taxonomies, taxonomy)
		}
	}
	slices.Sort(taxonomies)
	return taxonomies
}

// labelsHeld is how far the labels of an account are held, after what landed in this round.
func (r *round) labelsHeld(id, taxonomy string) (schema.LabelState, bool) {
	if landed, is := r.roster.get(id).labels[taxonomy]; is {
		return landed, true
	}
	held, is := r.state.LabelStates[id][taxonomy]
	return held, is
}

// labelStates are those that rows, once they have landed, lead to: where labels are held up to where the list began.
func (f *fetch) labelStates() (states []schema.LabelState) {
	f.round.mutex.Lock()
	defer f.round.mutex.Unlock()
	for _, taxonomy := range f.labelled {
		id := f.account.AccountID
		held, _ := f.round.labelsHeld(id, taxonomy)
		state := schema.LabelState{
			AccountID: id, Taxonomy: taxonomy, Status: schema.StatusLabelled, AfterRefreshID: f.after,
			ThroughRefreshID: f.account.TransactionRefresh.RefreshID,
		}
		if !state.Continues(held) {
			continue
		}
		states = append(states, state)
		e := f.round.roster.entryOf(id)
		e.labels = maps.Clone(e.labels)
		if e.labels == nil {
			e.labels = map[string]schema.LabelState{}
		}
		e.labels[taxonomy] = state
	}
	return states
}

// pendingLabels are statuses of an account, other than completed, that are not held. A completed one is held with the
// labels.
func (r *round) pendingLabels(a reading) (states []schema.LabelState) {
	for _, taxonomy := range slices.Sorted(maps.Keys(a.LabelStates)) {
		held, known := r.labelsHeld(a.AccountID, taxonomy)
		status := a.LabelStates[taxonomy]
		if status == schema.StatusLabelled || known && held.Status == status {
			continue
		}
		state := schema.LabelState{
			AccountID: a.AccountID, Taxonomy: taxonomy, Status: status,
			AfterRefreshID: held.ThroughRefreshID, ThroughRefreshID: held.ThroughRefreshID,
		}
		isAnew := held.Status == schema.StatusLabelled && a.TransactionRefresh != nil &&
			orEmpty(held.ThroughRefreshID) == orEmpty(a.TransactionRefresh.RefreshID)
		if isAnew {
			state.AfterRefreshID, state.ThroughRefreshID = nil, nil
		}
		states = append(states, state)
	}
	return states
}

// unlabelled are the rows of an account that have labels which are not held.
type unlabelled struct {
	id         string
	taxonomies []string
	after      *string // they came after this refresh; nil is all of them
}

// accountsToLabel lists accounts whose rows are all held and whose labels are not, the stalest first.
func (r *round) accountsToLabel() (due []unlabelled) {
	for _, stored := range r.stalestFirst() {
		a := r.account(stored.AccountID)
		if len(a.LabelStates) == 0 || !r.holdsAll(a) {
			continue
		}
		u := unlabelled{id: a.AccountID}
		for _, taxonomy := range labelled(a) {
			held, _ := r.labelsHeld(a.AccountID, taxonomy)
			if orEmpty(held.ThroughRefreshID) == orEmpty(a.TransactionRefresh.RefreshID) {
				continue
			}
			if len(u.taxonomies) == 0 {
				u.after = held.ThroughRefreshID
			} else if orEmpty(u.after) != orEmpty(held.ThroughRefreshID) {
				u.after = nil
			}
			u.taxonomies = append(u.taxonomies, taxonomy)
		}
		if len(u.taxonomies) > 0 {
			due = append(due, u)
		}
	}
	return due
}

// readLabels lists rows again whose labels have come since they were read. They come after every row that is new, and
// take no more reads than audits may.
func (r *round) readLabels(ctx context.Context) error {
	due, err := r.labelsWithinReads(ctx, r.accountsToLabel())
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(r.syncer.options.Stripe.Concurrency, 1))
	for i, u := range due {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			r.syncer.options.Progress(Progress{Phase: "labels", Done: i, Total: len(due)})
			return r.readLabelsOf(ctx, u)
		})
	}
	return group.Wait()
}

// labelsWithinReads are the first accounts whose labels the reads suffice for.
func (r *round) labelsWithinReads(ctx context.Context, due []unlabelled) (chosen []unlabelled, err error) {
	tallies, left := map[string]schema.Tally{}, map[*source]int64{}
	isWhole := slices.ContainsFunc(due, func(u unlabelled) bool { return u.after == nil })
	if isWhole && r.state.Tallies != nil {
		if tallies, err = r.state.Tallies(ctx); err != nil {
			return nil, landError{err}
		}
	}
	for _, src := range r.sources {
		left[src] = src.quota.Audits(src.client.Reads()) // less than 0 is no limit
	}
	for _, u := range due {
		src, reads := r.sourceOf(r.account(u.id).Account), int64(1)
		if u.after == nil {
			reads = auditReads(tallies[u.id].Rows)
		}
		switch {
		case left[src] < 0:
			chosen = append(chosen, u)
		case reads <= left[src]:
			chosen = append(chosen, u)
			left[src] -= reads
		}
	}
	return chosen, nil
}

// readLabelsOf lists the rows of an account whose labels have come. Where that takes more than one page, the account is
// read again: after a refresh that landed meanwhile a row may have moved past the pages.
func (r *round) readLabelsOf(ctx context.Context, u unlabelled) error {
	f := newFetch(r, r.account(u.id), r.syncer.options.Policy.PageLimit())
	f.forLabels, f.after, f.labelled = true, u.after, u.taxonomies
	last, pages, err := f.list(ctx)
	steady := true
	if err == nil && pages > 1 {
		steady, err = f.isSteady(ctx)
	}
	if end := endsRound(ctx, err); end != nil {
		return end
	}
	switch {
	case errors.Is(err, ErrReadAllowance):
		return nil
	case err != nil:
		r.fail(u.id, "labels could not be read", err)
		return nil
	}
	now := labelled(f.account)
	f.labelled = slices.DeleteFunc(f.labelled, func(taxonomy string) bool { return !slices.Contains(now, taxonomy) })
	if steady {
		last.LabelStates = f.labelStates()
	}
	if err := f.landPage(ctx, last); err != nil {
		return err
	}
	f.noteRefusedLabels()
	return nil
}

// addLabels adds the labels of a row. Parts of them that were refused go to quarantine.
func (f *fetch) addLabels(rows *schema.Landed, row wire.Row, position int, requestID string) {
	if !row.Labels.Empty() {
		rows.Labels = append(rows.Labels, row.Labels)
	}
	for _, refused := range row.Refused {
		f.labelsRefused++
		rows.Quarantined = append(rows.Quarantined, refuse(schema.QuarantinedRow{
			AccountID: f.account.AccountID, Object: refused.Part, Page: int(f.pages), Position: position,
			RequestID: requestID, Raw: refused.Raw,
		}, refused.Err))
	}
}

// noteRefusedLabels makes an account incomplete some of whose labels were refused, in this round: they are not asked
// for again before its other labels are.
func (f *fetch) noteRefusedLabels() {
	if f.labelsRefused > 0 {
		f.round.incomplete(f.account.AccountID, codePart, f.refusedLabels())
	}
}

func (f *fetch) refusedLabels() string {
	return fmt.Sprintf("%d labels refused, the rest is kept; see meta.quarantine", f.labelsRefused)
}
