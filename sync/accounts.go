package sync

import (
	"context"
	"crypto/sha256"
	"net/url"
	"strings"

	"fcpipe/schema"
	"fcpipe/sync/stripe"
)

// pageSize is the most rows Stripe puts on a page.
const pageSize = "100"

// reading is an account as Stripe showed it, with its balances.
type reading struct {
	schema.Account
	balances  []schema.Balance
	ownership string // id of its newest ownership snapshot; "" when there is none
	stored    bool   // as we hold it: not read in this round
	refused   []refusedPart
	requestID string
}

// listing is the answer to "which accounts are there".
type listing struct {
	accounts []reading
	refused  []schema.QuarantinedRow // entries that are no account, or one that cannot be decoded
	partly   []reading               // what could be decoded of them: Stripe bills them all the same
	pages    int
	bytes    int64
	seen     map[string]bool
	unnamed  bodies // entries without an id
}

// bodies are hashes of rows without an id: such a row may come on two pages.
type bodies map[[sha256.Size]byte]bool

// add reports whether a row is new.
func (b bodies) add(raw []byte) bool {
	sum := sha256.Sum256(raw)
	known := b[sum]
	b[sum] = true
	return !known
}

// listAccounts reads every account the key sees, or those of the configured holders. Beside an
// error it returns what was listed before.
func (s *Syncer) listAccounts(ctx context.Context, src *source) (listing, error) {
	all := listing{seen: map[string]bool{}, unnamed: bodies{}}
	filters := []url.Values{{}}
	if len(s.options.Holders) > 0 {
		filters = nil
		for _, holder := range s.options.Holders {
			kind, id := holderKind(holder)
			filters = append(filters, url.Values{"account_holder[" + kind + "]": {id}})
		}
	}
	for _, filter := range filters {
		if err := s.listFiltered(ctx, filter, src, &all); err != nil {
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

func (s *Syncer) listFiltered(ctx context.Context, filter url.Values, src *source, all *listing) error {
	filter.Set("limit", pageSize)
	listed := map[string]bool{} // under this filter
	for {
		if err := s.mayListOn(src, *all); err != nil {
			return err
		}
		answer, err := src.client.Get(ctx, "list accounts", stripe.Path("accounts"), filter)
		if err != nil {
			return err
		}
		all.bytes += int64(len(answer.Body))
		page, err := openEnvelope(answer)
		if err != nil {
			return err
		}
		all.pages++
		s.options.Progress(Progress{Room: "plan", Done: len(all.accounts)})
		last, fresh := "", 0
		for position, raw := range page.rows {
			id := s.takeAccount(raw, position, page.requestID, src.id, all)
			if id == "" {
				continue // the page hangs on the last entry that has one
			}
			if last = id; !listed[id] {
				listed[id] = true
				fresh++
			}
		}
		if !page.hasMore {
			return nil
		}
		if fresh == 0 {
			return &stripe.PageError{RequestID: page.requestID, Problem: "a page of accounts without a new one"}
		}
		filter.Set("starting_after", last)
	}
}

// takeAccount decodes one entry of a list and returns its id, "" when it has none; a second
// appearance is ignored. What is no account of ours is refused, and the others go on.
func (s *Syncer) takeAccount(raw []byte, position int, requestID string, stripeAccountID *string, all *listing) string {
	account, err := decodeAccount(raw)
	id := account.AccountID
	if id != "" && all.seen[id] || id == "" && !all.unnamed.add(raw) {
		return id
	}
	all.seen[id] = true
	account.StripeAccountID, account.requestID = stripeAccountID, requestID
	switch {
	case err != nil && id != "":
		all.partly = append(all.partly, account)
	case err == nil && account.Livemode != s.options.Stripe.Key.Livemode():
		err = &fieldError{"livemode", reasonMode}
	case err == nil:
		all.accounts = append(all.accounts, account)
		return id
	}
	all.refused = append(all.refused, refusedRow(err, id, "account", 0, position, requestID, raw))
	return id
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
	account, err := decodeAccount(answer.Body)
	if err != nil || account.AccountID != id || account.Livemode != s.options.Stripe.Key.Livemode() {
		return reading{}, &stripe.PageError{RequestID: answer.RequestID, Problem: "not the account that was asked for"}
	}
	account.StripeAccountID, account.requestID = src.id, answer.RequestID
	return account, nil
}

func refusedRow(err error, accountID, object string, page, position int, requestID string, raw []byte) schema.QuarantinedRow {
	row := schema.QuarantinedRow{
		AccountID: accountID, Object: object, Page: page, Position: position, RequestID: requestID,
		Raw: append([]byte(nil), raw...), Reason: reasonType,
	}
	if field, isField := err.(*fieldError); isField { //nolint:errorlint // decoders return it bare
		row.Field, row.Reason = field.field, field.reason
	}
	return row
}
