package sync

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/schema/journal"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

const (
	listAtLeast   = 24 * time.Hour  // a full list this often catches what events missed
	eventsOverlap = 5 * time.Minute // events may show up a little late
	eventPrefix   = "financial_connections.account."
)

// knownEvents are the kinds that change what we hold; of others only the account is read.
var knownEvents = []string{
	"created", "deactivated", "disconnected", "reactivated",
	"refreshed_balance", "refreshed_ownership", "refreshed_transactions",
}

// openFromEvents takes the stored accounts as they are and reads those that events name.
// It reports false where a full list is due or takes fewer requests: before anything is published,
// and after the file is lost, the stored accounts are not all of them. So it reads no more accounts
// than a list has pages.
func (r *round) openFromEvents(ctx context.Context, src *source) (bool, error) {
	cursor, known := r.journal.Events(src.connected)
	if !r.syncer.options.Events || !known || !r.state.Exists || r.syncer.Now().Sub(cursor.ListedAt) >= listAtLeast {
		return false, nil
	}
	events, err := r.listEvents(ctx, src, cursor)
	if errors.As(err, new(*stripe.PageError)) || errors.Is(err, stripe.ErrTooManyPages) { // accounts tell the same
		r.syncer.options.Log.Warn("events could not be understood, every account is listed instead", "problem", err.Error())
		return false, nil
	}
	if err != nil {
		return false, err
	}
	changed := r.changedBy(src, events, &cursor)
	src.listPages = max(stripe.PagesOf(len(r.storedOf(src))), len(r.syncer.options.Holders), 1)
	if len(changed) > src.listPages {
		return false, nil
	}
	if err := r.mayOpen(src, len(changed)); err != nil {
		return false, err
	}
	missing := r.history.Missing()
	for _, a := range r.storedOf(src) {
		if !missing[a.AccountID] {
			r.replace(a)
		}
	}
	for _, id := range changed {
		if err := r.readChanged(ctx, src, id); err != nil {
			return false, err
		}
	}
	r.mutex.Lock()
	r.events[src.connected] = cursor
	r.mutex.Unlock()
	return true, r.stillMissing(ctx, src, nil)
}

// listEvents lists what happened since the cursor, newest first.
func (r *round) listEvents(ctx context.Context, src *source, cursor journal.EventCursor) (all []wire.Event, err error) {
	since := strconv.FormatInt(cursor.Through.Add(-eventsOverlap).Unix(), 10)
	for page, err := range stripe.Pages(ctx, src.client, stripe.List[wire.Event]{
		Operation: "list events", Path: "/v1/events", Form: url.Values{"type": {eventPrefix + "*"}, "created[gte]": {since}},
		MaxPages: maxEventPages, Open: wire.OpenList,
		Reserve: func(number int) error { return r.mayOpen(src, min(number-1, 1)) }, // the first is openSource's to allow
		Decode: func(raw []byte) (wire.Event, string, error) {
			e, err := wire.DecodeEvent(raw)
			return e, e.ID, err
		},
	}) {
		switch {
		case err != nil:
			return nil, err
		case page.Restarted:
			all = nil
		}
		for _, row := range page.Rows {
			if row.Err != nil {
				return nil, &stripe.PageError{RequestID: page.RequestID, Problem: "no event (" + row.Err.Error() + ")"}
			}
			if row.IsNew {
				all = append(all, row.Value)
			}
		}
	}
	return all, nil
}

// changedBy lists the accounts to read: those of new events, and those the last round left
// unfinished. It moves the cursor.
func (r *round) changedBy(src *source, events []wire.Event, cursor *journal.EventCursor) []string {
	changed := slices.Clone(cursor.Again)
	through, now := cursor.Through, r.syncer.Now()
	for _, e := range events {
		if e.CreatedAt.After(through) && believed(e.CreatedAt, now) { // else no later event would be listed
			through = e.CreatedAt
		}
		if slices.Contains(cursor.Seen, e.ID) || !strings.HasPrefix(e.AccountID, "fca_") {
			continue
		}
		if !slices.Contains(knownEvents, strings.TrimPrefix(e.Kind, eventPrefix)) {
			r.report.UnknownEvents++
		}
		changed = append(changed, e.AccountID)
	}
	cursor.Connected, cursor.Through, cursor.Seen, cursor.Again = src.connected, through, nil, nil
	for _, e := range events {
		if !e.CreatedAt.Before(through.Add(-eventsOverlap)) {
			cursor.Seen = append(cursor.Seen, e.ID)
		}
	}
	slices.Sort(changed)
	return slices.Compact(changed)
}

// readChanged reads an account an event named. One that fails is its own outcome.
func (r *round) readChanged(ctx context.Context, src *source, id string) error {
	err := r.readSingle(ctx, src, id)
	if end := endsRound(ctx, err); end != nil || err == nil {
		return end
	}
	var api *stripe.APIError
	if errors.As(err, &api) && api.Status == http.StatusNotFound && !r.isStored(id) {
		return nil // gone before we ever held it
	}
	r.fail(id, "an event named it and it could not be read", err)
	return nil
}

func (r *round) isStored(id string) bool {
	_, known := r.state.Accounts[id]
	return known
}

// storedOf are the stored accounts of a source, as readings that are not fresh.
func (r *round) storedOf(src *source) []reading {
	var stored []reading
	for _, held := range r.state.Accounts {
		if r.sourceOf(held.Account) != src || !r.syncer.selects(held.Account) {
			continue
		}
		a := reading{
			Reading: wire.Reading{Account: held.Account, OwnershipID: wire.OwnershipIn(held.Extra)}, stored: true,
		}
		for _, b := range held.Balances {
			a.Balances = append(a.Balances, b)
		}
		stored = append(stored, a)
	}
	slices.SortFunc(stored, func(a, b reading) int { return compareText(a.AccountID, b.AccountID) })
	return stored
}

// noteEvents starts a new cursor at a full list; begun is our clock when it started.
func (r *round) noteEvents(src *source, begun time.Time) {
	if !r.syncer.options.Events {
		return
	}
	at := src.client.ServerTime(begun).Truncate(time.Second)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.events[src.connected] = journal.EventCursor{Connected: src.connected, Through: at, ListedAt: at}
}

// recordEvents makes the cursors durable once everything they stand for has landed. Accounts
// that were not finished are named, to be read again whether an event comes or not.
func (r *round) recordEvents() error {
	for connected, cursor := range r.events {
		for id, o := range r.outcomes {
			if a, known := r.find(id); o.Outcome != outcomeComplete && orEmpty(o.ErrorCode) != codeNotListed && (!known || r.sourceOf(a.Account).connected == connected) && strings.HasPrefix(id, "fca_") {
				cursor.Again = append(cursor.Again, id)
			}
		}
		for _, a := range r.accounts {
			if !r.landed[a.AccountID] && !sameAccount(r.asHeld(a.Account), a.Account) && r.sourceOf(a.Account).connected == connected {
				cursor.Again = append(cursor.Again, a.AccountID)
			}
		}
		slices.Sort(cursor.Again)
		cursor.Again = slices.Compact(cursor.Again)
		if err := r.journal.RecordEvents(cursor); err != nil {
			return err
		}
	}
	return nil
}

// freshen reads stored accounts again before anything is bought for them: a purchase follows
// from what Stripe says now. It reports whether any were to be read.
func (r *round) freshen(ctx context.Context) (bool, error) {
	var ids []string
	for _, d := range r.report.Plan.Decisions {
		if r.account(d.AccountID).stored && d.Buys() {
			ids = append(ids, d.AccountID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return false, nil
	}
	var err error
	for _, src := range r.sources {
		if mine := r.mine(src, ids); err == nil && src.carries(src.pollCost(len(mine))) {
			err = r.rereadSource(ctx, src, mine)
		}
	}
	for _, id := range ids {
		r.unread[id] = r.account(id).stored
	}
	return true, err
}
