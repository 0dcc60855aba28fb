package disconnect

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fcpipe/schema"
	"fcpipe/schema/journal"
	"fcpipe/sync/stripe"
	"fcpipe/sync/wire"
)

// Outcomes of an account.
const (
	Disconnected = "disconnected" // by this request
	Already      = "already_disconnected"
	Unknown      = "unknown" // Stripe knows no such account: nothing of it can be read
	Failed       = "failed"  // it may be tried again
)

// Result is what became of one account.
type Result struct {
	AccountID string
	Outcome   string         // one of the constants
	Err       error          // of one that failed; nil otherwise
	Shown     *schema.Landed // what Stripe answered, to land: the account as it is now; nil where nothing was shown
}

// Options configure a Disconnector.
type Options struct {
	Stripe    stripe.Options
	Connected []string // acct_… of Connect accounts that are read beside the key's own
	// NameOf is what the journal calls an account: its id, or the keyed hash of one that is erased. Of such an account
	// nothing is shown to land. nil is its id.
	NameOf func(accountID string) string
}

// Disconnector sends the requests of one run.
type Disconnector struct {
	clients   []*stripe.Client // the key's own first
	livemode  bool
	connected []string
	nameOf    func(accountID string) string
}

// New makes the clients. It sends nothing; the error says that the key may not be sent to the address.
func New(options Options) (*Disconnector, error) {
	d := &Disconnector{
		livemode: options.Stripe.Key.Livemode(), connected: options.Connected, nameOf: options.NameOf,
	}
	if d.nameOf == nil {
		d.nameOf = func(id string) string { return id }
	}
	o := options.Stripe
	o.IsJSON = wire.IsJSON
	for _, o.Account = range append([]string{""}, options.Connected...) {
		c, err := stripe.New(o)
		if err != nil {
			return nil, err
		}
		d.clients = append(d.clients, c)
	}
	return d, nil
}

// of is the client that sees an account: that of its Connect account, or the key's own.
func (d *Disconnector) of(held schema.Account) *stripe.Client {
	if held.StripeAccountID != nil {
		if i := slices.Index(d.connected, *held.StripeAccountID); i >= 0 {
			return d.clients[i+1]
		}
	}
	return d.clients[0]
}

// Disconnect ends the access to one account. held is what is known of it; its AccountID alone is needed. The error ends
// the whole run: a refused key, no answer at all, or our own disk.
func (d *Disconnector) Disconnect(
	ctx context.Context, held schema.Account, runID string, log *journal.Journal,
) (Result, error) {
	client, result := d.of(held), Result{AccountID: held.AccountID, Outcome: Failed}
	name := d.nameOf(held.AccountID)
	record := next(held.AccountID, client.Account(), log.Disconnections()[name])
	record.AccountID, record.At, record.RunID = name, client.Now(), runID
	if err := log.RecordDisconnection(record); err != nil {
		return result, err
	}
	path := stripe.Path("accounts", held.AccountID, "disconnect")
	answer, err := client.Post(ctx, "disconnect account", path, nil, record.Key)
	var api *stripe.APIError
	switch {
	case endsRun(ctx, err):
		return result, err
	case errors.As(err, &api) && api.Status == http.StatusNotFound:
		result.Outcome, record.Done, record.RequestID = Unknown, true, api.RequestID
		return result, log.RecordDisconnection(record)
	case errors.As(err, &api) && api.Refused():
		result.Err, record.Refused, record.RequestID = err, true, api.RequestID
		return result, log.RecordDisconnection(record)
	case err != nil:
		result.Err = err
		return result, nil
	}
	record.RequestID, record.At = answer.RequestID, client.Now() // the server's, which the answer told
	return d.conclude(answer, held, client, result, record, log)
}

// conclude judges the answer of Stripe to a request that it accepted.
func (d *Disconnector) conclude(
	answer *stripe.Reply, held schema.Account, client *stripe.Client, result Result, record journal.Disconnection,
	log *journal.Journal,
) (Result, error) {
	shown, err := wire.DecodeAccount(answer.Body)
	switch {
	case err != nil || shown.AccountID != held.AccountID || shown.Livemode != d.livemode:
		result.Err = &stripe.PageError{RequestID: answer.RequestID, Problem: "not the account that was asked for"}
		return result, nil
	case shown.Status != "disconnected":
		result.Err = &stripe.PageError{RequestID: answer.RequestID, Problem: "the account is not disconnected"}
		return result, nil
	}
	if shown.StripeAccountID = held.StripeAccountID; shown.StripeAccountID == nil && client.Account() != "" {
		account := client.Account()
		shown.StripeAccountID = &account
	}
	result.Outcome = Disconnected
	if held.Status == "disconnected" {
		result.Outcome = Already
	}
	if record.AccountID != held.AccountID {
		record.Done, record.RequestID = true, ""
		return result, log.RecordDisconnection(record)
	}
	result.Shown = &schema.Landed{Accounts: []schema.Account{shown.Account}, Balances: shown.Balances}
	record.Done = true
	if err := log.RecordDisconnection(record); err != nil || result.Outcome != Disconnected {
		return result, err
	}
	return result, log.RecordConsentEnd(journal.ConsentEnd{
		AccountID: record.AccountID, Reason: schema.EndedByUs, At: record.At,
	})
}

// next is the record of a request for an account: the one before again, unless Stripe refused its key.
func next(accountID, stripeAccountID string, before journal.Disconnection) journal.Disconnection {
	record := journal.Disconnection{AccountID: accountID, Attempt: max(before.Attempt, 1)}
	if before.Refused {
		record.Attempt++
	}
	parts := []string{stripeAccountID, accountID, "disconnect", strconv.Itoa(record.Attempt)}
	sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
	record.Key = "fc1-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20]))
	return record
}

// endsRun reports whether an error concerns more than the account that was asked for.
func endsRun(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || errors.Is(err, stripe.ErrKeyRefused) || errors.Is(err, stripe.ErrOutage))
}

// Reads are the GET requests sent so far on behalf of a Connect account; "" is the key's own.
func (d *Disconnector) Reads() map[string]int64 {
	reads := map[string]int64{}
	for _, c := range d.clients {
		reads[c.Account()] += c.Reads()
	}
	return reads
}

// Now is the server's time as far as it is known, else the clock's.
func (d *Disconnector) Now() time.Time { return d.clients[0].Now() }

// ErrNone is returned when a holder has no account, neither here nor at Stripe.
var ErrNone = errors.New("no account of this holder is known")

func none(holder string) error { return fmt.Errorf("%w: %q", ErrNone, holder) }
