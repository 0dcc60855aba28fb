package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"fcpipe/schema"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// reading is an account as Stripe showed it, with its balances.
type reading struct {
	wire.Reading
	requestID string
}

// listing is the answer to "which accounts are there".
type listing struct {
	accounts []*reading
	refused  []schema.QuarantinedRow // entries that are no account, or one that cannot be decoded
	partly   []reading               // what could be decoded of them: Stripe bills them all the same
	pages    int
	bytes    int64
	seen     map[string]bool
	unnamed  bodies // entries without an id
	erased   int64  // entries that were dropped: their accounts are erased
}

func newListing() listing { return listing{seen: map[string]bool{}, unnamed: bodies{}} }

// merge adds what another filter listed. An account that both filters show is added once.
func (l *listing) merge(other listing) {
	if len(l.seen) == 0 && len(l.unnamed) == 0 { // this is the first of them
		l.accounts, l.partly, l.refused, l.erased = other.accounts, other.partly, other.refused, other.erased
		l.seen, l.unnamed = other.seen, other.unnamed
		return
	}
	for _, a := range other.accounts {
		if !l.seen[a.AccountID] {
			l.accounts = append(l.accounts, a)
		}
	}
	for _, a := range other.partly {
		if !l.seen[a.AccountID] {
			l.partly = append(l.partly, a)
		}
	}
	for _, row := range other.refused {
		if id := row.AccountID; id == "" && l.unnamed.add(row.Raw) || id != "" && !l.seen[id] {
			l.refused = append(l.refused, row)
		}
	}
	l.erased += other.erased
	maps.Copy(l.seen, other.seen)
	maps.Copy(l.unnamed, other.unnamed)
}

// listAccounts reads every account the key sees, or those of the configured holders. Beside an
// error it returns what was listed before.
func (s *Syncer) listAccounts(ctx context.Context, src *source) (listing, error) {
	all := newListing()
	filters := []url.Values{{}}
	if len(s.options.Holders) > 0 {
		filters = nil
		for _, holder := range s.options.Holders {
			kind, id := holderKind(holder)
			filters = append(filters, url.Values{"account_holder[" + kind + "]": {id}})
		}
	}
	for _, filter := range filters {
		found, err := s.listFiltered(ctx, filter, src, &all)
		if all.merge(found); err != nil {
			return all, err
		}
	}
	return all, nil
}

// customerAccount marks a holder that is a customer-configured account (Accounts v2).
const customerAccount = "customer_account:"

// holderKind is how a configured holder is asked for.
func holderKind(holder string) (kind, id string) {
	if id, is := strings.CutPrefix(holder, customerAccount); is {
		return "customer_account", id
	}
	if strings.HasPrefix(holder, "acct_") {
		return "account", holder
	}
	return "customer", holder
}

// selects reports whether an account belongs to the configured holders.
func (s *Syncer) selects(a schema.Account) bool {
	if len(s.options.Holders) == 0 {
		return true
	}
	for _, holder := range s.options.Holders {
		if _, id := holderKind(holder); id == orEmpty(a.HolderID) {
			return true
		}
	}
	return false
}

// listFiltered lists the accounts of one filter. Pages and bytes are counted in all.
func (s *Syncer) listFiltered(ctx context.Context, filter url.Values, src *source, all *listing) (listing, error) {
	found := newListing()
	for page, err := range stripe.Pages(ctx, src.client, stripe.List[reading]{
		Operation: "list accounts", Path: stripe.Path("accounts"), Form: filter,
		MaxPages: s.options.Policy.ListPageLimit() - all.pages,
		Open:     wire.OpenList, Reserve: func(int) error { return s.reserveListPage(src, all) },
		Decode: func(raw []byte) (reading, string, error) {
			a, err := wire.DecodeAccount(raw)
			return reading{Reading: a}, a.AccountID, err
		},
	}) {
		switch {
		case errors.Is(err, stripe.ErrTooManyPages):
			return found, s.listTooLong()
		case err != nil:
			return found, err
		case page.Restarted:
			found = newListing()
		}
		all.pages++
		all.bytes += int64(page.Size)
		for position, row := range page.Rows {
			row.Value.StripeAccountID, row.Value.requestID = src.id, page.RequestID
			s.addEntry(&found, row, position)
		}
		s.options.Progress(Progress{Phase: "plan", Done: len(all.accounts) + len(found.accounts)})
	}
	return found, nil
}

// addEntry adds one entry of a list. An entry whose id was listed before is ignored. One that is no account, or
// belongs to another mode, is refused, which does not affect the other entries.
func (s *Syncer) addEntry(found *listing, row stripe.Row[reading], position int) {
	if row.ID != "" && found.seen[row.ID] || row.ID == "" && !found.unnamed.add(row.Raw) {
		return
	}
	found.seen[row.ID] = true
	account, err := row.Value, row.Err
	if s.options.IsErased(row.ID, orEmpty(account.HolderID)) {
		found.erased++
		return
	}
	switch {
	case err != nil && row.ID != "":
		found.partly = append(found.partly, account)
	case err == nil && account.Livemode != s.options.Stripe.Key.Livemode():
		err = &wire.FieldError{Field: "livemode", Reason: reasonMode}
	case err == nil:
		found.accounts = append(found.accounts, &account)
		return
	}
	found.refused = append(found.refused, refuse(schema.QuarantinedRow{
		AccountID: row.ID, Object: "account", Position: position, RequestID: account.requestID, Raw: row.Raw,
	}, err))
}

// readAccount reads one account.
func (s *Syncer) readAccount(ctx context.Context, id string, src *source) (reading, error) {
	answer, err := src.client.Get(ctx, "retrieve account", stripe.Path("accounts", id), nil)
	if err != nil {
		return reading{}, err
	}
	return s.oneAccount(answer, id, src)
}

// oneAccount decodes the answer to a request about one account.
func (s *Syncer) oneAccount(answer *stripe.Reply, id string, src *source) (reading, error) {
	decoded, err := wire.DecodeAccount(answer.Body)
	account := reading{Reading: decoded}
	if err != nil || account.AccountID != id || account.Livemode != s.options.Stripe.Key.Livemode() {
		return reading{}, &stripe.PageError{RequestID: answer.RequestID, Problem: "not the account that was asked for"}
	}
	account.StripeAccountID, account.requestID = src.id, answer.RequestID
	return account, nil
}

// maxListBytes bounds a list of accounts, and so the memory it takes.
const maxListBytes = 512 << 20

// errListTooLong ends a list of accounts that does not come to an end.
var errListTooLong = errors.New("the list of accounts is too long")

// reserveListPage returns why a list of accounts may not read one more page: it has too many bytes, or the read
// allowance is used up. openSource decides about the first page.
func (s *Syncer) reserveListPage(src *source, so *listing) error {
	allowed, used := s.options.Policy.ReadsPer30Days, src.readsUsed+src.client.Reads()
	switch {
	case so.bytes >= maxListBytes:
		return fmt.Errorf(
			"%w: more than %d MiB in %d pages; sync.holders names those that matter",
			errListTooLong,
			maxListBytes>>20,
			so.pages,
		)
	case so.pages > 0 && allowed > 0 && !src.looks && used >= allowed:
		return fmt.Errorf("%w: %d of %d in the last 30 days", ErrReadAllowance, used, allowed)
	}
	return nil
}

// listTooLong is the error of a list of accounts that takes more pages than it may.
func (s *Syncer) listTooLong() error {
	policy := s.options.Policy
	return fmt.Errorf("%w: more than %d pages, %s; sync.holders names those that matter",
		errListTooLong, policy.ListPageLimit(), policy.ListLimitSource())
}
