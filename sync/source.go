package sync

import (
	"context"
	"errors"
	"fmt"

	"fcpipe/schema"
	"fcpipe/sync/plan"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// source is one Stripe account that is read: the key's own, or a connected one. Each has
// its own limits and its own allowance of reads.
type source struct {
	client    *stripe.Client
	connected string     // acct_… of a connected account; "" is the key's own
	id        *string    // Stripe account of its rows; nil when the key may not say
	listPages int        // requests a full list takes
	readsUsed int64      // in 30 days, by earlier rounds
	recorded  int64      // reads of this round that the journal has
	quota     plan.Quota // what this round may read, once its accounts are known
	polls     int64      // reads that waiting for refreshes may still make
	unlisted  bool       // could not be listed: nothing is known of its accounts
	looks     bool       // for a plan, which changes nothing: the allowance does not stop it
}

// newClients makes a client for the key's own account and one for each connected account.
func newClients(options Options) (own *stripe.Client, connected []*stripe.Client, err error) {
	o := options.Stripe
	o.Clock, o.BeforeSend, o.Account, o.IsJSON = boundedClock{o.Clock}, checkRequest, "", wire.IsJSON
	o.Version = options.PreviewVersion
	if own, err = stripe.New(o); err != nil {
		return nil, nil, err
	}
	for _, o.Account = range options.Connected {
		c, err := stripe.New(o)
		if err != nil {
			return nil, nil, err
		}
		connected = append(connected, c)
	}
	return own, connected, nil
}

// clients are all of a Syncer's, its own account's first.
func (s *Syncer) clients() []*stripe.Client {
	return append([]*stripe.Client{s.client}, s.connected...)
}

// newSources prepares the Stripe accounts of a round; platform is the key's own.
func (r *round) newSources(platform *string) {
	now := r.syncer.Now()
	for _, c := range r.syncer.clients() {
		src := &source{client: c, connected: c.Account(), id: platform}
		if src.connected != "" {
			src.id = &src.connected
		}
		src.looks = r.planOnly
		src.readsUsed = r.journal.ReadsSince(now.Add(-plan.UsageWindow), src.connected)
		r.sources = append(r.sources, src)
	}
}

// openSource lists the accounts of one Stripe account. A connected account that refuses us fails alone.
func (r *round) openSource(ctx context.Context, src *source) error {
	err := r.mayOpen(src, stripe.PagesOf(len(r.state.Accounts)))
	if err == nil {
		err = r.openFromList(ctx, src)
	}
	var api *stripe.APIError
	refused := errors.As(err, &api) && api.Refused() && !errors.Is(err, stripe.ErrKeyRefused)
	if src.connected != "" && (refused || errors.Is(err, ErrReadAllowance)) {
		src.unlisted = true
		r.fail(src.connected, "the connected account could not be listed", err)
		return nil
	}
	return err
}

// mayOpen returns an error when the read allowance does not cover the reads it takes to list the accounts. A plan,
// which changes nothing, may always list them.
func (r *round) mayOpen(src *source, reads int) error {
	allowed, used := r.syncer.options.Policy.ReadsPer30Days, src.readsUsed+src.client.Reads()
	if allowed == 0 || r.planOnly || used+int64(reads) <= allowed {
		return nil
	}
	return r.allowanceError(src, used, int64(reads))
}

// openFromList lists every account. A list that breaks off is used as far as it came: the round is
// partial then, and no account is called missing for it.
func (r *round) openFromList(ctx context.Context, src *source) error {
	listed, err := r.syncer.listAccounts(ctx, src)
	if err != nil && !brokeOff(err, listed) {
		return err
	}
	for _, a := range listed.accounts {
		if !r.belongsElsewhere(*a) && r.replace(*a) {
			r.report.Seen = append(r.report.Seen, a.AccountID)
		}
	}
	r.noteErased(listed.erased)
	r.roster.refused, src.listPages = append(r.roster.refused, listed.refused...), listed.pages
	r.noteRefused(listed)
	if err != nil {
		r.noteList(src, "the list of accounts was not read to its end: %w", err)
		return r.stillMissing(ctx, src, listed.seen)
	}
	if len(listed.unnamed) > 0 { // an entry without an id may be any account that seems to be missing
		return r.stillMissing(ctx, src, listed.seen)
	}
	return r.noticeMissing(ctx, src, listed.seen)
}

// brokeOff reports whether a list ended for a reason that leaves its earlier pages usable: a page could not be decoded,
// there were too many pages, or the read allowance was used up.
func brokeOff(err error, so listing) bool {
	var page *stripe.PageError
	return errors.As(err, &page) || errors.Is(err, errListTooLong) || errors.Is(err, ErrReadAllowance) && so.pages > 0
}

// noteList says what is wrong with a list of accounts: the round is partial.
func (r *round) noteList(src *source, format string, args ...any) {
	problem := fmt.Errorf(format, args...).Error()
	if src.connected != "" {
		problem = src.connected + ": " + problem
	}
	r.syncer.options.Log.Warn(problem)
	r.report.ListProblems = append(r.report.ListProblems, problem)
}

// sourceOf finds the source an account belongs to, by the Stripe account of its rows.
func (r *round) sourceOf(a schema.Account) *source {
	for _, src := range r.sources {
		if src.connected != "" && src.connected == orEmpty(a.StripeAccountID) {
			return src
		}
	}
	return r.sources[0]
}

// noteErased counts accounts that a list shows and that are erased: nothing of them is kept, or asked for.
func (r *round) noteErased(count int64) {
	if r.report.AccountsErased += count; count > 0 {
		r.syncer.options.Log.Debug("Stripe lists accounts that are erased; they are not read", "accounts", count)
	}
}
